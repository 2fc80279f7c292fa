"use client";

import { AdministrationPage } from "./frame";
import { Choice, Field, Form } from "../ui/form";
import { data } from "@/lib/api";
import { inviteUser } from "@/lib/client/sdk.gen";
import type { Invitation } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { LANGUAGES, NAMES } from "@/lib/languages";
import { people } from "@/lib/messages/people";

/** Invite somebody by e-mail to sign up. */
export function Invite() {
  const { t, language } = useWords(people);
  return (
    <AdministrationPage title={t("invite")} back={{ href: `/${language}/administration/users`, name: t("users") }}>
      <p className="mb-6 max-w-read text-quiet">{t("inviteText")}</p>
      <Form action={t("inviteSend")} said={t("inviteSent")} empties send={(values) => data(inviteUser({ body: values as unknown as Invitation }))}>
        <Field name="email" type="email" label={t("email")} dir="ltr" autoComplete="off" required autoFocus />
        <Choice name="language" label={t("inviteLanguage")} choices={LANGUAGES.map((each) => [each, NAMES[each]] as const)} defaultValue={language} />
      </Form>
    </AdministrationPage>
  );
}
