"use client";

import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "../ui/button";
import { CodeField, Form } from "../ui/form";
import { Note, useCountdown } from "../ui/notices";
import { data } from "@/lib/api";
import { loginBySecondFactor, startPasskeySecondFactor } from "@/lib/client/sdk.gen";
import type { TokenAnswer } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { signing } from "@/lib/messages/sign-in";

export interface Challenge {
  challenge: string;
  /** Milliseconds since 1970. */
  ends: number;
  /** What may be given. */
  methods: string[];
}

const PasskeyButton = dynamic(() => import("../passkeys/passkey-button").then((all) => all.PasskeyButton<boolean>), { ssr: false });

interface Props {
  challenge: Challenge;
  step: (call: () => Promise<TokenAnswer>) => Promise<boolean>;
  after: (signedIn: boolean) => void;
  again: () => void;
}

/** The second step: a passkey, a code of the app, or a recovery code, before the time is over. */
export function FactorForm({ challenge, step, after, again }: Props) {
  const { t } = useWords(signing);
  const [recovery, setRecovery] = useState(false);
  const [whole] = useState(() => Math.max(1, Math.round((challenge.ends - Date.now()) / 1000)));
  const left = useCountdown(whole);
  if (left === 0) {
    return (
      <Note kind="late">
        <p role="alert">{t("timeOver")}</p>
        <Button className="mt-4" onClick={again}>
          {t("startAgain")}
        </Button>
      </Note>
    );
  }
  return (
    <>
      <h2 className="mb-4 font-serif text-20 font-semibold">{t("factorTitle")}</h2>
      <Form
        key={String(recovery)}
        action={t("signIn")}
        said=""
        send={({ code = "" }) => step(() => data(loginBySecondFactor({ body: { challenge: challenge.challenge, code: code.trim() } })))}
        done={after}
        beside={
          <span className="text-15 text-quiet tabular-nums">
            {t("timeLeft", { minutes: String(Math.floor(left / 60)), seconds: String(left % 60).padStart(2, "0") })}
          </span>
        }
      >
        {recovery ? (
          <CodeField name="code" label={t("recoveryCode")} help={t("recoveryHelp")} digits={false} autoComplete="off" autoFocus required />
        ) : (
          <CodeField name="code" label={t("factorCode")} help={t("factorHelp")} maxLength={7} autoFocus required />
        )}
      </Form>
      <div className="mt-10 flex max-w-form flex-col gap-3">
        {challenge.methods.includes("passkey") && (
          <PasskeyButton
            ask={() => data(startPasskeySecondFactor({ body: { challenge: challenge.challenge } }))}
            give={(passkey) => step(() => data(loginBySecondFactor({ body: { challenge: challenge.challenge, passkey } })))}
            done={after}
          />
        )}
        <Button onClick={() => setRecovery(!recovery)}>{recovery ? t("useApp") : t("useRecovery")}</Button>
        <Button onClick={again}>{t("startAgain")}</Button>
      </div>
    </>
  );
}
