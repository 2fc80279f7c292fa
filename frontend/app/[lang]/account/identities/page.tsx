import { Identities } from "@/components/account/identities";
import { account } from "@/lib/messages/account";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(account, "identities");

export default function Page() {
  return <Identities />;
}
