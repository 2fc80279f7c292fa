import { NewTenant } from "@/components/tenants/new-tenant";
import { tenants } from "@/lib/messages/tenants";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(tenants, "teamNew");

export default function Page() {
  return <NewTenant />;
}
