import { InvitationPage } from "@/components/sign-in/pages";
import { signing } from "@/lib/messages/sign-in";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(signing, "invitationTitle");

export default function Page() {
  return <InvitationPage />;
}
