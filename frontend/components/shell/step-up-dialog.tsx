"use client";

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { usePathname, useSearchParams } from "next/navigation";
import { Suspense } from "react";
import { ButtonLink } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { CodeField, Form, PasswordField } from "../ui/form";
import { Broken, Skeleton } from "../ui/notices";
import { data } from "@/lib/api";
import { listPasskeys, listProviders, readSecondFactor, startPasskeyStepUp, stepUp } from "@/lib/client/sdk.gen";
import { useWords } from "@/lib/i18n";
import type { Proof as Given } from "@/lib/client/types.gen";
import { again } from "@/lib/messages/again";
import type { Question } from "@/lib/step-up";

const PasskeyButton = dynamic(() => import("../passkeys/passkey-button").then((all) => all.PasskeyButton<boolean>), { ssr: false });

/** Asks for a fresh proof: a passkey, the code where there is a second factor, the password elsewhere. */
export function StepUpDialog({ question }: { question: Question }) {
  const { t } = useWords(again);
  return (
    <Dialog title={t("proofTitle")} text={t("proofText")} open close={() => question.answer(false)}>
      <Suspense>
        <Proof question={question} />
      </Suspense>
    </Dialog>
  );
}

function Proof({ question }: { question: Question }) {
  const { t } = useWords(again);
  const factor = useQuery({ queryKey: ["second-factor"], staleTime: 0, queryFn: ({ signal }) => data(readSecondFactor({ signal })) });
  if (factor.isError) return <Broken error={factor.error} again={() => void factor.refetch()} />;
  if (!factor.data) return <Skeleton rows={1} />;
  const field = factor.data.enabled ? "code" : "password";
  return (
    <>
      <Form
        action={t("proofGo")}
        said=""
        send={(values) => prove({ [field]: values[field] })}
        done={(proved) => question.answer(proved)}
        beside={field === "password" && <NothingToProveWith leave={() => question.answer(false)} />}
      >
        {field === "code" ? (
          <CodeField name="code" label={t("proofCode")} digits={false} autoFocus required />
        ) : (
          <PasswordField name="password" label={t("proofPassword")} autoFocus required />
        )}
      </Form>
      <ByPasskey done={(proved) => question.answer(proved)} />
    </>
  );
}

function ByPasskey({ done }: { done: (proved: boolean) => void }) {
  const providers = useQuery({ queryKey: ["providers"], staleTime: Infinity, queryFn: ({ signal }) => data(listProviders({ signal })) });
  const own = useQuery({ queryKey: ["passkeys"], queryFn: ({ signal }) => data(listPasskeys({ query: { items_per_page: 100 }, signal })) });
  if (!providers.data?.passkeys || !own.data?.data.some(({ usable }) => usable)) return null;
  return (
    <div className="mt-6">
      <PasskeyButton ask={() => data(startPasskeyStepUp())} give={(passkey) => prove({ passkey })} done={done} />
    </div>
  );
}

async function prove(body: Given): Promise<boolean> {
  await data(stepUp({ body }));
  return true;
}

/** Who has neither a password nor a factor signs in again. */
function NothingToProveWith({ leave }: { leave: () => void }) {
  const { t, language } = useWords(again);
  const here = `${usePathname()}?${useSearchParams()}`;
  return (
    <ButtonLink kind="quiet" onClick={leave} href={`/${language}/sign-in?again=1&return=${encodeURIComponent(here)}`}>
      {t("proofNothing")}
    </ButtonLink>
  );
}

