import { Account } from "@/components/account/account-page";
import { shell } from "@/lib/messages/shell";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(shell, "account");

export default function Page() {
  return <Account />;
}
