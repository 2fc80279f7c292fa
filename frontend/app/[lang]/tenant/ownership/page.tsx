import { Ownership } from "@/components/tenants/ownership";
import { tenants } from "@/lib/messages/tenants";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(tenants, "ownership");

export default function Page() {
  return <Ownership />;
}
