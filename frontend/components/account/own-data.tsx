"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { AccountPage, WithMe } from "./account-page";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Form, PasswordField } from "../ui/form";
import { saveAs } from "../ui/list";
import { Refusal } from "../ui/notices";
import { data } from "@/lib/api";
import { createExport, deactivateAccount, deleteAccount, readExport, readExportFile } from "@/lib/client/sdk.gen";
import type { UserRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { account } from "@/lib/messages/account";
import { leave } from "@/lib/session";
import { useSend } from "@/lib/use-send";

const PAUSE = 2_000; // milliseconds between two looks at an archive that is being made

export function OwnData() {
  return (
    <AccountPage title="data">
      <div className="flex max-w-read flex-col gap-12">
        <TakeAlong />
        <WithMe>
          {(me) => (
            <>
              <Ending me={me} kind="pause" send={(body) => data(deactivateAccount({ body }))} />
              <Ending me={me} kind="delete" send={(body) => data(deleteAccount({ body }))} />
            </>
          )}
        </WithMe>
      </div>
    </AccountPage>
  );
}

function TakeAlong() {
  const { t, moment, number } = useWords(account);
  const [id, setId] = useState<string | null>(null);
  const starting = useSend({
    send: (_: void, key) => data(createExport({ headers: { "Idempotency-Key": key } })),
    done: (made) => setId(made.id),
  });
  const archive = useQuery({
    queryKey: ["export", id],
    enabled: id !== null,
    queryFn: ({ signal }) => data(readExport({ path: { export_id: id ?? "" }, signal })),
    refetchInterval: ({ state }) => (state.data && ["ready", "failed"].includes(state.data.status) ? false : PAUSE),
  });
  const keeping = useSend({
    send: () => data(readExportFile({ path: { export_id: id ?? "" }, parseAs: "blob" }) as Promise<{ data?: Blob; response?: Response }>),
    done: (file) => saveAs(file, "my-data.json"),
  });
  const { status, size, expires_at } = archive.data ?? {};
  const bytes = size ?? 0;
  const trouble = starting.trouble ?? archive.error ?? keeping.trouble;
  return (
    <section>
      <h2 className="text-20 font-semibold">{t("exportTitle")}</h2>
      <p className="mt-1">{t("exportText")}</p>
      <p role="status" className="mt-2">
        {id && status !== "ready" && status !== "failed" && t("exportWaiting")}
        {status === "failed" && t("exportFailed")}
        {status === "ready" &&
          t("exportReady", {
            size: bytes < 1000 ? t("bytes_B", { count: bytes }) : bytes < 1e6 ? t("bytes_kB", { count: Math.round(bytes / 1000) }) : t("bytes_MB", { count: number(Math.round(bytes / 1e5) / 10) }),
            time: expires_at ? moment(expires_at) : "",
          })}
      </p>
      {trouble && (
        <div className="mt-2">
          <Refusal trouble={trouble} />
        </div>
      )}
      <div className="mt-4 flex flex-wrap gap-4">
        {status === "ready" ? (
          <Button kind="primary" busy={keeping.busy} onClick={() => void keeping.send()}>
            {t("exportDownload")}
          </Button>
        ) : (
          <Button busy={starting.busy || (id !== null && status !== "failed")} onClick={() => void starting.send()}>
            {t("exportStart")}
          </Button>
        )}
      </div>
    </section>
  );
}

interface EndingProps {
  me: UserRead;
  kind: "pause" | "delete";
  send: (body: { password?: string }) => Promise<unknown>;
}

/** The end of an account, which asks once, with its name and the password. */
function Ending({ me, kind, send }: EndingProps) {
  const { t } = useWords(account);
  const [open, setOpen] = useState(false);
  return (
    <section>
      <h2 className="text-20 font-semibold">{t(`${kind}Title`)}</h2>
      <p className="mt-1">{t(`${kind}Text`)}</p>
      <Button kind="danger" className="mt-4" onClick={() => setOpen(true)}>
        {t(kind)}
      </Button>
      <Dialog title={t(`${kind}Ask`, { name: me.username })} text={t(`${kind}Text`)} open={open} close={() => setOpen(false)}>
        <Form
          look="danger"
          action={t(kind)}
          said=""
          send={({ password }) => send(password ? { password } : {})}
          done={leave}
          beside={<Button onClick={() => setOpen(false)}>{t("cancel")}</Button>}
        >
          <PasswordField name="password" label={t("presentPassword")} help={t("presentPasswordHelp")} autoFocus />
        </Form>
      </Dialog>
    </section>
  );
}
