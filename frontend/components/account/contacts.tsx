"use client";

import { useState } from "react";
import { AccountPage, WithMe } from "./account-page";
import { ConfirmContact } from "../sign-in/confirm-contact";
import { Button } from "../ui/button";
import { Choice, Field, Form, PasswordField, type FormValues } from "../ui/form";
import { Status } from "../ui/facts";
import { Refusal } from "../ui/notices";
import { data } from "@/lib/api";
import { changeEmail, changePhone, requestCode } from "@/lib/client/sdk.gen";
import type { CodeRequested, UserRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { account } from "@/lib/messages/account";
import { useSend } from "@/lib/use-send";

export function Contacts() {
  return (
    <AccountPage title="contacts">
      <WithMe>
        {(me) => (
          <div className="flex flex-col gap-12">
            <Contact me={me} kind="email" />
            <Contact me={me} kind="phone" />
          </div>
        )}
      </WithMe>
    </AccountPage>
  );
}

const WORDS = {
  email: { title: "email", none: "noEmail", change: "changeEmail", field: "newEmail" },
  phone: { title: "phone", none: "noPhone", change: "changePhone", field: "newPhone" },
} as const;

function Contact({ me, kind }: { me: UserRead; kind: "email" | "phone" }) {
  const { t } = useWords(account);
  const words = WORDS[kind];
  const present = me[kind];
  const verified = kind === "email" ? me.is_email_verified : me.is_phone_verified;
  const [changing, setChanging] = useState(false);
  const [sent, setSent] = useState<(CodeRequested & { contact: string }) | null>(null);
  const asking = useSend({
    send: (contact: string) => data(requestCode({ body: { identifier: contact, purpose: "verify_contact" } })),
    done: (answer, contact) => setSent({ ...answer, contact }),
  });
  return (
    <section>
      <h2 className="text-20 font-semibold">{t(words.title)}</h2>
      <p className="mt-1 flex flex-wrap items-baseline gap-4">
        {present ? (
          <>
            <bdi className="break-all">{present}</bdi>
            <Status state={verified ? "good" : "open"}>{verified ? t("verified") : t("unverified")}</Status>
          </>
        ) : (
          <span className="text-quiet">{t(words.none)}</span>
        )}
      </p>
      {asking.trouble && <Refusal trouble={asking.trouble} />}
      <div className="mt-4">
        {sent ? (
          <ConfirmContact
            contact={sent.contact}
            request={sent.request_id}
            wait={sent.resend_after}
            done={() => {
              setSent(null);
              setChanging(false);
            }}
            later={<Button onClick={() => setSent(null)}>{t("cancel")}</Button>}
          />
        ) : changing ? (
          <Change kind={kind} done={setSent} cancel={() => setChanging(false)} />
        ) : (
          <div className="flex flex-wrap gap-4">
            <Button onClick={() => setChanging(true)}>{t(words.change)}</Button>
            {present && !verified && (
              <Button busy={asking.busy} onClick={() => void asking.send(present)}>
                {t("verify")}
              </Button>
            )}
          </div>
        )}
      </div>
    </section>
  );
}

function Change({ kind, done, cancel }: { kind: "email" | "phone"; done: (sent: CodeRequested & { contact: string }) => void; cancel: () => void }) {
  const { t } = useWords(account);
  async function change({ password, ...values }: FormValues) {
    const proof = password ? { password } : {};
    const contact = (values[kind] ?? "").trim();
    const body = kind === "email" ? { email: contact, ...proof } : { phone: contact, channel: values.channel as "sms" | "whatsapp", ...proof };
    const answer = await data(kind === "email" ? changeEmail({ body: body as { email: string } }) : changePhone({ body: body as { phone: string } }));
    return { ...answer, contact };
  }
  return (
    <Form action={t(WORDS[kind].change)} said="" send={change} done={done} beside={<Button onClick={cancel}>{t("cancel")}</Button>}>
      {kind === "email" ? (
        <Field name="email" type="email" label={t("newEmail")} autoComplete="email" dir="ltr" required autoFocus />
      ) : (
        <>
          <Field name="phone" type="tel" label={t("newPhone")} help={t("phoneHelp")} autoComplete="tel" dir="ltr" required autoFocus />
          <Choice name="channel" label={t("channel")} choices={[["sms", t("sms")], ["whatsapp", t("whatsapp")]]} />
        </>
      )}
      <PasswordField name="password" label={t("presentPassword")} help={t("presentPasswordHelp")} />
    </Form>
  );
}
