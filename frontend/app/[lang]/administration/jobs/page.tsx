import { Jobs } from "@/components/administration/jobs";
import { administration } from "@/lib/messages/administration";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(administration, "jobs");

export default function Page() {
  return <Jobs />;
}
