import { Contacts } from "@/components/account/contacts";
import { account } from "@/lib/messages/account";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(account, "contacts");

export default function Page() {
  return <Contacts />;
}
