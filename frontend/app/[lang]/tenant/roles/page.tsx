import { Roles } from "@/components/tenants/roles";
import { tenants } from "@/lib/messages/tenants";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(tenants, "roles");

export default function Page() {
  return <Roles />;
}
