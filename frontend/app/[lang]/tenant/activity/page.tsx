import { Activity } from "@/components/tenants/activity";
import { tenants } from "@/lib/messages/tenants";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(tenants, "activity");

export default function Page() {
  return <Activity />;
}
