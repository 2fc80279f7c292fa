import { Groups } from "@/components/administration/groups";
import { administration } from "@/lib/messages/administration";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(administration, "groups");

export default function Page() {
  return <Groups />;
}
