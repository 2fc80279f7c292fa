import { Activity } from "@/components/account/activity";
import { account } from "@/lib/messages/account";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(account, "activity");

export default function Page() {
  return <Activity />;
}
