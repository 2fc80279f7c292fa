import { Profile } from "@/components/account/profile";
import { account } from "@/lib/messages/account";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(account, "profile");

export default function Page() {
  return <Profile />;
}
