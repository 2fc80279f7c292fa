import { SignUpPage } from "@/components/sign-in/pages";
import { signing } from "@/lib/messages/sign-in";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(signing, "signUpTitle");

export default function Page() {
  return <SignUpPage />;
}
