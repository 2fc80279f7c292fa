import { Settings } from "@/components/tenants/settings";
import { tenants } from "@/lib/messages/tenants";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(tenants, "settings");

export default function Page() {
  return <Settings />;
}
