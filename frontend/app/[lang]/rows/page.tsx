import { RowsPage } from "@/components/rows/list";
import { rows } from "@/lib/messages/rows";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(rows, "rows");

export default function Page() {
  return <RowsPage />;
}
