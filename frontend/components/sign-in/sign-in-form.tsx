"use client";

import dynamic from "next/dynamic";
import Link from "next/link";
import { useState } from "react";
import { CodeForm } from "./code-form";
import { FactorForm, type Challenge } from "./factor-form";
import { Form, Field, PasswordField } from "../ui/form";
import { Button } from "../ui/button";
import { Trouble, data } from "@/lib/api";
import { login } from "@/lib/client/sdk.gen";
import type { TokenAnswer } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { signing } from "@/lib/messages/sign-in";
import { begin } from "@/lib/session";

const PasskeySignIn = dynamic(() => import("../passkeys/passkey-sign-in").then((all) => all.PasskeySignIn), { ssr: false });

interface Props {
  /** After somebody has signed in. */
  done: () => void;
  /** A first step that was done elsewhere: at a provider. */
  challenge?: Challenge | null;
  /** More ways in, between password and code. */
  children?: React.ReactNode;
}

/**
 * Signing in: by password, code or passkey, then by a second factor where the account has one. Stands on its page, and in the dialog of
 * a session that has ended.
 */
export function SignInForm({ done, challenge: given = null, children }: Props) {
  const { t, language } = useWords(signing);
  const [way, setWay] = useState<"password" | "code">("password");
  const [challenge, setChallenge] = useState(given);
  const [name, setName] = useState("");

  async function step(call: () => Promise<TokenAnswer>): Promise<boolean> {
    try {
      begin(await call());
      return true;
    } catch (error) {
      const asked = secondFactorIn(error);
      if (!asked) throw error;
      setChallenge(asked);
      return false;
    }
  }
  const after = (signedIn: boolean) => {
    if (signedIn) done();
  };

  if (challenge) return <FactorForm challenge={challenge} step={step} after={after} again={() => setChallenge(null)} />;
  return (
    <>
      {way === "password" ? (
        <Form
          action={t("signIn")}
          said=""
          send={({ username = "", password = "" }) => step(() => data(login({ body: { username, password } })))}
          done={after}
          beside={
            <Link href={`/${language}/forgot`} prefetch={false} className="py-2 text-15">
              {t("forgot")}
            </Link>
          }
        >
          <Field name="username" label={t("identifier")} defaultValue={name} onChange={(event) => setName(event.target.value)} autoComplete="username webauthn" autoCapitalize="none" spellCheck={false} dir="ltr" required autoFocus />
          <PasswordField name="password" label={t("password")} required />
        </Form>
      ) : (
        <CodeForm name={name} keep={setName} step={step} after={after} />
      )}
      <div className="mt-10 flex max-w-form flex-col gap-3">
        <PasskeySignIn step={step} after={after} />
        {children}
        <Button onClick={() => setWay(way === "password" ? "code" : "password")}>{way === "password" ? t("withCode") : t("withPassword")}</Button>
      </div>
    </>
  );
}

/** The second step that a refused first one asks for. */
export function secondFactorIn(error: unknown): Challenge | null {
  if (!(error instanceof Trouble) || error.code !== "SECOND_FACTOR_REQUIRED") return null;
  const { challenge, expires_in, methods } = error.problem as { challenge?: string; expires_in?: number; methods?: string[] };
  return challenge ? { challenge, ends: Date.now() + (expires_in ?? 300) * 1000, methods: methods ?? [] } : null;
}
