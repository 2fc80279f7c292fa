import { Password } from "@/components/account/password";
import { account } from "@/lib/messages/account";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(account, "password");

export default function Page() {
  return <Password />;
}
