import { Keys } from "@/components/account/keys";
import { account } from "@/lib/messages/account";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(account, "keys");

export default function Page() {
  return <Keys />;
}
