import { Invitations } from "@/components/tenants/invitations";
import { tenants } from "@/lib/messages/tenants";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(tenants, "invitations");

export default function Page() {
  return <Invitations />;
}
