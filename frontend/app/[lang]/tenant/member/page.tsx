import { MemberPage } from "@/components/tenants/member";
import { tenants } from "@/lib/messages/tenants";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(tenants, "members");

export default function Page() {
  return <MemberPage />;
}
