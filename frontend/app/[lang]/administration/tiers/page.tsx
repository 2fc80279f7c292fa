import { Tiers } from "@/components/administration/tiers";
import { administration } from "@/lib/messages/administration";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(administration, "tiers");

export default function Page() {
  return <Tiers />;
}
