"use client";

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useState } from "react";
import { AccountPage } from "./account-page";
import { RecoveryCodes } from "./recovery-codes";
import { Button } from "../ui/button";
import { Confirm } from "../ui/dialog";
import { CodeField, Form } from "../ui/form";
import { Status } from "../ui/facts";
import { Broken, Refusal, Skeleton } from "../ui/notices";
import { data } from "@/lib/api";
import { confirmSecondFactor, deleteSecondFactor, readSecondFactor, renewRecoveryCodes, startSecondFactor } from "@/lib/client/sdk.gen";
import type { Enrolment } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { account } from "@/lib/messages/account";
import { useSend } from "@/lib/use-send";

const QrCode = dynamic(() => import("./qr-code").then((all) => all.QrCode), { ssr: false, loading: () => <div className="size-60 bg-raised" /> });
const KEY = ["second-factor"];

export function SecondFactor() {
  return (
    <AccountPage title="factor">
      <Factor />
    </AccountPage>
  );
}

function Factor() {
  const { t, moment } = useWords(account);
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const factor = useQuery({ queryKey: KEY, queryFn: ({ signal }) => data(readSecondFactor({ signal })) });
  const starting = useSend({ send: () => data(startSecondFactor()), done: setEnrolment });
  if (codes) return <RecoveryCodes codes={codes} done={() => setCodes(null)} />;
  if (enrolment) {
    return (
      <Enrol
        enrolment={enrolment}
        done={(found) => {
          setEnrolment(null);
          setCodes(found);
        }}
        cancel={() => setEnrolment(null)}
      />
    );
  }
  if (factor.isError) return <Broken error={factor.error} again={() => void factor.refetch()} />;
  if (!factor.data) return <Skeleton rows={2} />;
  const { enabled, enabled_at, recovery_codes_left } = factor.data;
  if (!enabled) {
    return (
      <div className="flex max-w-read flex-col items-start gap-4">
        <Status state="off">{t("factorOff")}</Status>
        <p>{t("factorWhy")}</p>
        {starting.trouble && <Refusal trouble={starting.trouble} />}
        <Button kind="primary" busy={starting.busy} onClick={() => void starting.send()}>
          {t("factorStart")}
        </Button>
      </div>
    );
  }
  return (
    <div className="flex max-w-read flex-col items-start gap-4">
      <Status state="good">{t("factorOn", { time: enabled_at ? moment(enabled_at) : "" })}</Status>
      <p>{t("codesLeft", { count: recovery_codes_left })}</p>
      <div className="flex flex-wrap gap-4">
        <Confirm
          look="plain"
          label={t("codesNew")}
          title={t("codesNewTitle")}
          text={t("codesNewText")}
          action={t("codesNew")}
          send={() => data(renewRecoveryCodes())}
          done={({ recovery_codes }) => setCodes(recovery_codes)}
          invalidates={[KEY]}
        />
        <Confirm
          label={t("factorRemove")}
          title={t("factorRemoveTitle")}
          text={t("factorRemoveText")}
          action={t("factorRemove")}
          send={() => data(deleteSecondFactor())}
          invalidates={[KEY]}
        />
      </div>
    </div>
  );
}

function Enrol({ enrolment, done, cancel }: { enrolment: Enrolment; done: (codes: string[]) => void; cancel: () => void }) {
  const { t } = useWords(account);
  return (
    <div className="max-w-form">
      <p>{t("factorScan")}</p>
      <div className="my-6">
        <QrCode text={enrolment.uri} label={t("factorQr")} />
      </div>
      <p className="text-15 text-quiet">{t("factorSecret")}</p>
      <p className="mb-6">
        <code dir="ltr" className="text-17 break-all select-all">
          {enrolment.secret.replace(/(.{4})(?=.)/g, "$1 ")}
        </code>
      </p>
      <Form
        action={t("factorConfirm")}
        said=""
        send={({ code = "" }) => data(confirmSecondFactor({ body: { code: code.trim() } }))}
        done={({ recovery_codes }) => done(recovery_codes)}
        invalidates={[KEY]}
        beside={<Button onClick={cancel}>{t("cancel")}</Button>}
      >
        <CodeField name="code" label={t("factorCode")} maxLength={7} required />
      </Form>
    </div>
  );
}
