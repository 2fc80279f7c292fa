import { Activity } from "@/components/administration/activity";
import { administration } from "@/lib/messages/administration";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(administration, "activity");

export default function Page() {
  return <Activity />;
}
