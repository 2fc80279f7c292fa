import { Passkeys } from "@/components/account/passkeys";
import { account } from "@/lib/messages/account";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(account, "passkeys");

export default function Page() {
  return <Passkeys />;
}
