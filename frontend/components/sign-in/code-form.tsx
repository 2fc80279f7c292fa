"use client";

import { useState } from "react";
import { CodeSent } from "./code-sent";
import { CodeField, Field, Form } from "../ui/form";
import { data } from "@/lib/api";
import { loginByCode, requestCode } from "@/lib/client/sdk.gen";
import type { TokenAnswer } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { signing } from "@/lib/messages/sign-in";

interface Props {
  name: string;
  keep: (name: string) => void;
  step: (call: () => Promise<TokenAnswer>) => Promise<boolean>;
  after: (signedIn: boolean) => void;
}

/** Signing in with a code that is sent: to the address of the account, whether it was that or the user name that was given. */
export function CodeForm({ name, keep, step, after }: Props) {
  const { t } = useWords(signing);
  const [sent, setSent] = useState<{ identifier: string; request: string; wait: number } | null>(null);
  const ask = async (identifier: string) => {
    const { request_id, resend_after } = await data(requestCode({ body: { identifier, purpose: "login" } }));
    return { identifier, request: request_id, wait: resend_after };
  };
  if (!sent) {
    return (
      <Form action={t("sendCode")} said="" send={({ identifier = "" }) => ask(identifier.trim())} done={setSent}>
        <Field name="identifier" label={t("identifier")} help={t("identifierHelp")} defaultValue={name} onChange={(event) => keep(event.target.value)} autoComplete="username" autoCapitalize="none" spellCheck={false} dir="ltr" required autoFocus />
      </Form>
    );
  }
  return (
    <Form
      action={t("signIn")}
      said=""
      send={({ code = "" }) => step(() => data(loginByCode({ body: { identifier: sent.identifier, request_id: sent.request, code: code.trim() } })))}
      done={after}
    >
      <CodeSent text={t("codeSent")} wait={sent.wait} since={sent.request} again={async () => setSent(await ask(sent.identifier))} change={() => setSent(null)} />
      <CodeField name="code" label={t("code")} help={t("codeHelp")} autoFocus required />
    </Form>
  );
}
