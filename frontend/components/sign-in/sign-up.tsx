"use client";

import Link from "next/link";
import { useRouter, useSearchParams } from "next/navigation";
import { useState } from "react";
import { ConfirmContact } from "./confirm-contact";
import { Field, Form, PasswordField } from "../ui/form";
import { Note } from "../ui/notices";
import { Button } from "../ui/button";
import { Trouble, data } from "@/lib/api";
import { createUser, login, signUpByCode } from "@/lib/client/sdk.gen";
import type { UserCreated } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { signing } from "@/lib/messages/sign-in";
import { returnPath } from "@/lib/return-path";
import { begin } from "@/lib/session";
import type { FormValues } from "../ui/form";

/** Making an account: on one's own where that is open, or with an invitation. */
export function SignUp() {
  const { t, language } = useWords(signing);
  const router = useRouter();
  const parameters = useSearchParams();
  const target = returnPath(parameters.get("return"), `/${language}`);
  const [invited, setInvited] = useState(parameters.has("invited"));
  const [closed, setClosed] = useState(false);
  const [made, setMade] = useState<{ created: UserCreated; contact: string } | null>(null);
  const done = () => router.replace(target);

  if (made?.created.verification) {
    return (
      <ConfirmContact
        contact={made.contact}
        request={made.created.verification.request_id}
        wait={made.created.verification.resend_after}
        done={done}
        later={<Button onClick={done}>{t("confirmLater")}</Button>}
      />
    );
  }
  return (
    <>
      {closed && (
        <div className="mb-6">
          <Note kind="late">
            <p role="alert">{t("signUpClosed")}</p>
            <p className="text-quiet">{t("signUpClosedAdvice")}</p>
          </Note>
        </div>
      )}
      {invited ? (
        <Invited done={done} />
      ) : (
        <Open
          refused={() => setClosed(true)}
          done={(created, contact) => (created.verification ? setMade({ created, contact }) : done())}
        />
      )}
      <div className="mt-10 flex max-w-form flex-col gap-3">
        <Button
          onClick={() => {
            setInvited(!invited);
            setClosed(false);
          }}
        >
          {invited ? t("notInvited") : t("invited")}
        </Button>
      </div>
      <p className="mt-10">
        {t("hasAccount")}{" "}
        <Link href={`/${language}/sign-in?return=${encodeURIComponent(target)}`} prefetch={false}>
          {t("signIn")}
        </Link>
      </p>
    </>
  );
}

function Who() {
  const { t } = useWords(signing);
  return (
    <>
      <Field name="username" label={t("username")} help={t("usernameHelp")} autoComplete="username" autoCapitalize="none" spellCheck={false} dir="ltr" required autoFocus />
      <Field name="name" label={t("name")} help={t("nameHelp")} autoComplete="name" optional />
      <PasswordField name="password" label={t("password")} help={t("passwordHelp")} fresh required />
    </>
  );
}

function Open({ refused, done }: { refused: () => void; done: (created: UserCreated, contact: string) => void }) {
  const { t, language } = useWords(signing);
  async function signUp(values: FormValues): Promise<{ created: UserCreated; contact: string }> {
    const { username = "", password = "", name = "", contact = "" } = values;
    const address = contact.trim();
    const reached = !address ? {} : address.includes("@") ? { email: address } : { phone: address };
    try {
      const created = await data(createUser({ body: { username, password, ...(name.trim() && { name: name.trim() }), ...reached, language } }));
      begin(await data(login({ body: { username, password } })));
      return { created, contact: address };
    } catch (error) {
      if (error instanceof Trouble && error.code === "SIGN_UP_CLOSED") refused();
      throw error;
    }
  }
  return (
    <Form action={t("signUp")} said="" names={{ email: "contact", phone: "contact" }} send={signUp} done={({ created, contact }) => done(created, contact)}>
      <Who />
      <Field name="contact" label={t("contact")} help={t("identifierHelp")} autoComplete="email" autoCapitalize="none" spellCheck={false} dir="ltr" optional />
    </Form>
  );
}

/** With the two things that stand in the message of an invitation. */
function Invited({ done }: { done: () => void }) {
  const { t, language } = useWords(signing);
  async function signUp({ identifier = "", request_id = "", code = "", username = "", name = "", password = "" }: FormValues) {
    const proof = { identifier: identifier.trim(), request_id: request_id.trim(), code: code.trim() };
    await data(signUpByCode({ body: { ...proof, username, password, ...(name.trim() && { name: name.trim() }), language } }));
    begin(await data(login({ body: { username, password } })));
  }
  return (
    <Form action={t("signUp")} said="" send={signUp} done={done}>
      <Field name="identifier" type="email" label={t("invitationEmail")} autoComplete="email" dir="ltr" required autoFocus />
      <Field name="request_id" label={t("request")} help={t("requestHelp")} autoCapitalize="none" spellCheck={false} dir="ltr" required />
      <Field name="code" label={t("invitationCode")} help={t("requestHelp")} autoCapitalize="none" spellCheck={false} autoComplete="one-time-code" dir="ltr" required />
      <Who />
    </Form>
  );
}
