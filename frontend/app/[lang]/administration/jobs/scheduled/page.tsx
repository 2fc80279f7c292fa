import { Scheduled } from "@/components/administration/jobs";
import { operations } from "@/lib/messages/operations";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(operations, "byClock");

export default function Page() {
  return <Scheduled />;
}
