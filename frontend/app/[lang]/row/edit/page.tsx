import { EditRowPage } from "@/components/rows/edit";
import { rows } from "@/lib/messages/rows";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(rows, "edit");

export default function Page() {
  return <EditRowPage />;
}
