"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter, useSearchParams } from "next/navigation";
import { useEffect, useState } from "react";
import { SignInForm } from "./sign-in-form";
import type { Challenge } from "./factor-form";
import { Button, ButtonLink } from "../ui/button";
import { Note, Skeleton } from "../ui/notices";
import { data } from "@/lib/api";
import { listProviders } from "@/lib/client/sdk.gen";
import { useWords } from "@/lib/i18n";
import { signing, type SigningKey } from "@/lib/messages/sign-in";
import { returnPath } from "@/lib/return-path";
import { resume } from "@/lib/session";
import { useMe, useSession } from "@/lib/use-session";

/** The page where one signs in, and where providers send browsers back to. */
export function SignIn() {
  const { t, language } = useWords(signing);
  const router = useRouter();
  const parameters = useSearchParams();
  const target = returnPath(parameters.get("return"), `/${language}`);
  const { status } = useSession();
  const { data: me } = useMe();
  const back = useWayBack(parameters.has("from"), () => router.replace(target));
  const [other, setOther] = useState(parameters.has("again"));
  const done = () => router.replace(target);

  if (back.waiting || status === "unknown") return <Skeleton rows={3} />;
  if (status === "in" && me && !other) {
    return (
      <div className="flex max-w-form flex-col gap-4">
        <p>{t("signedInAlready", { name: me.username })}</p>
        <ButtonLink kind="primary" href={target}>
          {t("go")}
        </ButtonLink>
        <Button onClick={() => setOther(true)}>{t("other")}</Button>
      </div>
    );
  }
  return (
    <>
      {back.error && (
        <div className="mb-6">
          <Note kind="late">
            <p role="alert">{t(back.error)}</p>
          </Note>
        </div>
      )}
      {parameters.has("reset") && (
        <div className="mb-6">
          <Note>
            <p role="status">{t("resetDone")}</p>
          </Note>
        </div>
      )}
      <SignInForm key={back.challenge?.challenge} done={done} challenge={back.challenge}>
        <Providers target={target} />
      </SignInForm>
      <p className="mt-10">
        {t("noAccount")}{" "}
        <Link href={`/${language}/sign-up?return=${encodeURIComponent(target)}`} prefetch={false}>
          {t("signUp")}
        </Link>
      </p>
    </>
  );
}

function Providers({ target }: { target: string }) {
  const { t, language } = useWords(signing);
  const { data: found } = useQuery({ queryKey: ["providers"], staleTime: Infinity, queryFn: ({ signal }) => data(listProviders({ signal })) });
  return found?.data.map(({ name, label }) => {
    const back = `/${language}/sign-in?from=${name}&return=${encodeURIComponent(target)}`;
    // The service leads to the provider: not a page, so no soft navigation.
    return (
      <a key={name} href={`/api/v1/auth/oauth/${name}/start?return_to=${encodeURIComponent(back)}`} className="inline-flex min-h-11 items-center justify-center rounded border border-faint px-4 py-2 text-ink no-underline hover:border-ink">
        {t("withProvider", { name: label })}
      </a>
    );
  });
}

const ERRORS = ["ACCOUNT_EXISTS", "SIGN_UP_CLOSED", "INVALID_STATE", "PROVIDER_REFUSED", "PROVIDER_UNAVAILABLE", "UNTRUSTED_ANSWER", "WRONG_CREDENTIALS", "IDENTITY_TAKEN"];

/** What a failure at a provider says behind the `#` of the address. */
export function failureIn(hash: string): { error: SigningKey | null; challenge: Challenge | null } {
  const told = new URLSearchParams(hash.replace(/^#/, ""));
  const code = told.get("error");
  const challenge = told.get("challenge");
  if (!code) return { error: null, challenge: null };
  if (code === "SECOND_FACTOR_REQUIRED" && challenge) {
    const ends = Date.now() + (Number(told.get("expires_in")) || 300) * 1000;
    return { error: null, challenge: { challenge, ends, methods: told.getAll("methods") } };
  }
  return { error: ERRORS.includes(code) ? (`error_${code}` as SigningKey) : "error_other", challenge: null };
}

/** A browser that comes back from a provider is signed in by its cookie, or is told why not. */
function useWayBack(back: boolean, done: () => void) {
  const [state, setState] = useState<{ waiting: boolean; error: SigningKey | null; challenge: Challenge | null }>({ waiting: back, error: null, challenge: null });
  useEffect(() => {
    if (!back) return;
    const failure = failureIn(location.hash);
    if (location.hash) history.replaceState(history.state, "", location.pathname + location.search);
    if (failure.error || failure.challenge) {
      setState({ waiting: false, ...failure });
      return;
    }
    resume().then(
      (signedIn) => (signedIn ? done() : setState({ waiting: false, error: null, challenge: null })),
      () => setState({ waiting: false, error: "error_other", challenge: null }),
    );
  }, [back]);
  return state;
}
