"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { CodeSent } from "./code-sent";
import { CodeField, Field, Form, PasswordField, UsernameHint } from "../ui/form";
import { data } from "@/lib/api";
import { requestCode, resetPassword } from "@/lib/client/sdk.gen";
import { useWords } from "@/lib/i18n";
import { signing } from "@/lib/messages/sign-in";

/** A new password in place of a forgotten one: an address, then its code and the password. */
export function Forgot() {
  const { t, language } = useWords(signing);
  const router = useRouter();
  const [sent, setSent] = useState<{ identifier: string; request: string; wait: number } | null>(null);
  async function ask(identifier: string) {
    const { request_id, resend_after } = await data(requestCode({ body: { identifier, purpose: "reset_password" } }));
    return { identifier, request: request_id, wait: resend_after };
  }
  if (!sent) {
    return (
      <Form action={t("sendCode")} said="" send={({ identifier = "" }) => ask(identifier.trim())} done={setSent}>
        <p className="text-quiet">{t("forgotText")}</p>
        <Field name="identifier" label={t("identifier")} help={t("identifierHelp")} autoComplete="username" autoCapitalize="none" spellCheck={false} dir="ltr" required autoFocus />
      </Form>
    );
  }
  return (
    <Form
      action={t("resetGo")}
      said=""
      send={({ code = "", new_password = "" }) =>
        data(resetPassword({ body: { identifier: sent.identifier, request_id: sent.request, code: code.trim(), new_password } }))
      }
      done={() => router.replace(`/${language}/sign-in?reset=1`)}
    >
      <UsernameHint value={sent.identifier} />
      <CodeSent text={t("codeSent")} wait={sent.wait} since={sent.request} again={async () => setSent(await ask(sent.identifier))} change={() => setSent(null)} />
      <CodeField name="code" label={t("code")} help={t("codeHelp")} autoFocus required />
      <PasswordField name="new_password" label={t("newPassword")} help={t("passwordHelp")} fresh required />
    </Form>
  );
}
