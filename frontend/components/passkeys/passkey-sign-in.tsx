"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Button } from "../ui/button";
import { Refusal } from "../ui/notices";
import { data } from "@/lib/api";
import { listProviders, loginByPasskey, startPasskeyLogin } from "@/lib/client/sdk.gen";
import type { PasskeyAssertion, TokenAnswer } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { passkeys } from "@/lib/messages/passkeys";
import { hasPasskeys, offersPasskeys, refused, usePasskey } from "@/lib/passkeys";
import { useSend } from "@/lib/use-send";

const RENEWED = 240_000; // milliseconds: a challenge lives for five minutes

interface Props {
  step: (call: () => Promise<TokenAnswer>) => Promise<boolean>;
  after: (signedIn: boolean) => void;
}

/** Signing in with a passkey: by a button, and where the user name is typed, in browsers that offer them there. */
export function PasskeySignIn({ step, after }: Props) {
  const { t } = useWords(passkeys);
  const { data: found } = useQuery({ queryKey: ["providers"], staleTime: Infinity, queryFn: ({ signal }) => data(listProviders({ signal })) });
  const here = Boolean(found?.passkeys) && hasPasskeys();
  const { send, busy, trouble } = useSend<PasskeyAssertion | null, boolean>({
    send: async (taken) => {
      const passkey = taken ?? (await pressed());
      return step(() => data(loginByPasskey({ body: { passkey } })));
    },
    done: after,
  });
  const offer = useOffer(here, (passkey) => send(passkey));

  async function pressed(): Promise<PasskeyAssertion> {
    offer.stop(); // browsers ask for one passkey at a time
    const options = await data(startPasskeyLogin());
    return usePasskey(options).catch((error: unknown) => {
      throw refused(error, { declined: t("declined"), held: t("declined") });
    });
  }

  if (!here) return null;
  return (
    <>
      {trouble && <Refusal trouble={trouble} />}
      <Button busy={busy} onClick={() => void send(null).then((done) => done || offer.renew())}>
        {t("signIn")}
      </Button>
    </>
  );
}

/** Has the browser offer passkeys where the user name is typed, until one is taken. */
function useOffer(on: boolean, take: (passkey: PasskeyAssertion) => Promise<boolean>) {
  const [round, setRound] = useState(0);
  const current = useRef<AbortController>(null);
  const taking = useRef(take);
  taking.current = take;
  const renew = () => setRound((before) => before + 1);
  useEffect(() => {
    if (!on) return;
    const own = new AbortController();
    current.current = own;
    void offered(own.signal).then(async (passkey) => {
      if (passkey && !(await taking.current(passkey))) renew();
    });
    const seen = () => {
      if (!document.hidden) renew();
    };
    const timer = setTimeout(() => {
      if (document.hidden) addEventListener("visibilitychange", seen);
      else renew();
    }, RENEWED);
    return () => {
      clearTimeout(timer);
      removeEventListener("visibilitychange", seen);
      own.abort();
    };
  }, [on, round]);
  return { stop: () => current.current?.abort(), renew };
}

/** The passkey that somebody takes where the user name is typed; null where none is offered, or none was taken. */
async function offered(signal: AbortSignal): Promise<PasskeyAssertion | null> {
  try {
    if (!(await offersPasskeys()) || signal.aborted) return null;
    return await usePasskey(await data(startPasskeyLogin({ signal })), signal);
  } catch {
    return null; // nobody asked for it: the button says what is wrong
  }
}
