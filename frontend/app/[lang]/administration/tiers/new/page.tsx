import { NewTier } from "@/components/administration/tiers";
import { operations } from "@/lib/messages/operations";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(operations, "newTier");

export default function Page() {
  return <NewTier />;
}
