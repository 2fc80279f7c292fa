import { TenantRowPage } from "@/components/rows/row";
import { rows } from "@/lib/messages/rows";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(rows, "row");

export default function Page() {
  return <TenantRowPage />;
}
