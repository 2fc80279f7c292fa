import { Messages } from "@/components/administration/messages";
import { administration } from "@/lib/messages/administration";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(administration, "messages");

export default function Page() {
  return <Messages />;
}
