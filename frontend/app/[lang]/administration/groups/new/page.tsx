import { NewGroup } from "@/components/administration/groups";
import { people } from "@/lib/messages/people";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(people, "newGroup");

export default function Page() {
  return <NewGroup />;
}
