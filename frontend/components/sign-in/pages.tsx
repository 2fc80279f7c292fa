"use client";

import { Forgot } from "./forgot";
import { Invitation } from "./invitation";
import { SignIn } from "./sign-in";
import { SignUp } from "./sign-up";
import { Page } from "../shell/page";
import { useWords } from "@/lib/i18n";
import { signing } from "@/lib/messages/sign-in";

export function SignInPage() {
  const { t } = useWords(signing);
  return (
    <Page title={t("signIn")}>
      <SignIn />
    </Page>
  );
}

export function SignUpPage() {
  const { t } = useWords(signing);
  return (
    <Page title={t("signUpTitle")}>
      <SignUp />
    </Page>
  );
}

export function ForgotPage() {
  const { t, language } = useWords(signing);
  return (
    <Page title={t("forgotTitle")} back={{ href: `/${language}/sign-in`, name: t("signIn") }}>
      <Forgot />
    </Page>
  );
}

export function InvitationPage() {
  const { t } = useWords(signing);
  return (
    <Page title={t("invitationTitle")} signedIn>
      <Invitation />
    </Page>
  );
}
