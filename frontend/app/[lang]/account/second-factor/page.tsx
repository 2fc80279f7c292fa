import { SecondFactor } from "@/components/account/second-factor";
import { account } from "@/lib/messages/account";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(account, "factor");

export default function Page() {
  return <SecondFactor />;
}
