import { Invite } from "@/components/administration/invite";
import { people } from "@/lib/messages/people";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(people, "invite");

export default function Page() {
  return <Invite />;
}
