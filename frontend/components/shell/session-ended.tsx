"use client";

import { SignInForm } from "../sign-in/sign-in-form";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { useWords } from "@/lib/i18n";
import { again } from "@/lib/messages/again";
import { leave } from "@/lib/session";

/** Before a page whose session has ended: what is on it stays, and goes on after signing in. */
export function SessionEnded() {
  const { t } = useWords(again);
  return (
    <Dialog title={t("endedTitle")} text={t("endedText")} open close={() => {}}>
      <SignInForm done={() => {}}>
        <Button onClick={leave}>{t("endedOther")}</Button>
      </SignInForm>
    </Dialog>
  );
}
