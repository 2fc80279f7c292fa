import { Users } from "@/components/administration/users";
import { administration } from "@/lib/messages/administration";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(administration, "users");

export default function Page() {
  return <Users />;
}
