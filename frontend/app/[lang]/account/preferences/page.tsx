import { Preferences } from "@/components/account/preferences";
import { account } from "@/lib/messages/account";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(account, "preferences");

export default function Page() {
  return <Preferences />;
}
