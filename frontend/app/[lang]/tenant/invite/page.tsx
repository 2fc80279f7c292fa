import { Invite } from "@/components/tenants/invite";
import { tenants } from "@/lib/messages/tenants";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(tenants, "invite");

export default function Page() {
  return <Invite />;
}
