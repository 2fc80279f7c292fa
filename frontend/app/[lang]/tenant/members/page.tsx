import { Members } from "@/components/tenants/members";
import { tenants } from "@/lib/messages/tenants";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(tenants, "members");

export default function Page() {
  return <Members />;
}
