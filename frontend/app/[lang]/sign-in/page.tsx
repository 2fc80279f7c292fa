import { SignInPage } from "@/components/sign-in/pages";
import { shell } from "@/lib/messages/shell";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(shell, "signIn");

export default function Page() {
  return <SignInPage />;
}
