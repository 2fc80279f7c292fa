import { Overview } from "@/components/tenants/overview";
import { tenants } from "@/lib/messages/tenants";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(tenants, "team");

export default function Page() {
  return <Overview />;
}
