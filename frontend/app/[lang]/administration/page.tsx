import { Overview } from "@/components/administration/frame";
import { shell } from "@/lib/messages/shell";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(shell, "administration");

export default function Page() {
  return <Overview />;
}
