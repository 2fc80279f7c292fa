"use client";

import { useState } from "react";
import { CodeSent } from "./code-sent";
import { CodeField, Form } from "../ui/form";
import { data } from "@/lib/api";
import { requestCode, verifyContact } from "@/lib/client/sdk.gen";
import { useWords } from "@/lib/i18n";
import { signing } from "@/lib/messages/sign-in";

interface Props {
  contact: string;
  request: string;
  /** Seconds until a new code may be sent. */
  wait: number;
  done: () => void;
  /** Asks for a new code, where that is not simply asked for. */
  again?: () => Promise<{ request_id: string; resend_after: number }>;
  later?: React.ReactNode;
}

/** An address becomes part of the account when the code that it was sent comes back. */
export function ConfirmContact({ contact, request, wait, done, again, later }: Props) {
  const { t } = useWords(signing);
  const [sent, setSent] = useState({ request, wait });
  async function renew() {
    const fresh = await (again ? again() : data(requestCode({ body: { identifier: contact, purpose: "verify_contact" } })));
    setSent({ request: fresh.request_id, wait: fresh.resend_after });
  }
  return (
    <Form
      action={t("confirmGo")}
      said={t("confirmed")}
      send={({ code = "" }) => data(verifyContact({ body: { identifier: contact, request_id: sent.request, code: code.trim() } }))}
      done={done}
      invalidates={[["me"]]}
      beside={later}
    >
      <CodeSent text={t("confirmText", { to: contact })} wait={sent.wait} since={sent.request} again={renew} />
      <CodeField name="code" label={t("code")} help={t("codeHelp")} autoFocus required />
    </Form>
  );
}
