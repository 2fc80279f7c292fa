import { Devices } from "@/components/account/devices";
import { account } from "@/lib/messages/account";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(account, "devices");

export default function Page() {
  return <Devices />;
}
