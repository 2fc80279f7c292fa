import { Tenants } from "@/components/tenants/tenants";
import { shell } from "@/lib/messages/shell";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(shell, "tenants");

export default function Page() {
  return <Tenants />;
}
