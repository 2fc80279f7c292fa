import { OwnData } from "@/components/account/own-data";
import { account } from "@/lib/messages/account";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(account, "data");

export default function Page() {
  return <OwnData />;
}
