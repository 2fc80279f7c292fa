"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { AccountPage } from "./account-page";
import { Button } from "../ui/button";
import { Confirm, Dialog } from "../ui/dialog";
import { Field, Form } from "../ui/form";
import { Status } from "../ui/facts";
import { Table } from "../ui/list";
import { Broken, Empty, Note, Skeleton } from "../ui/notices";
import { Of } from "../ui/of";
import { data } from "@/lib/api";
import { createPasskey, deletePasskey, listPasskeys, listProviders, startPasskey, updatePasskey } from "@/lib/client/sdk.gen";
import type { PasskeyRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { passkeys } from "@/lib/messages/passkeys";
import { hasPasskeys, makePasskey, refused } from "@/lib/passkeys";

const KEY = ["passkeys"];

export function Passkeys() {
  return (
    <AccountPage title="passkeys">
      <Own />
    </AccountPage>
  );
}

function Own() {
  const { t } = useWords(passkeys);
  const [open, setOpen] = useState<PasskeyRead | "new" | null>(null);
  const [added, setAdded] = useState<PasskeyRead | null>(null);
  const own = useQuery({ queryKey: KEY, queryFn: ({ signal }) => data(listPasskeys({ query: { items_per_page: 100 }, signal })) });
  const providers = useQuery({ queryKey: ["providers"], staleTime: Infinity, queryFn: ({ signal }) => data(listProviders({ signal })) });
  if (own.isError) return <Broken error={own.error} again={() => void own.refetch()} />;
  if (providers.isError) return <Broken error={providers.error} again={() => void providers.refetch()} />;
  if (!own.data || !providers.data) return <Skeleton rows={3} />;
  const rows = own.data.data;
  const cannot = !providers.data.passkeys ? t("off") : !hasPasskeys() ? t("unable") : null;
  return (
    <div className="flex flex-col gap-6">
      <p className="max-w-read">{t("why")}</p>
      {added && (
        <Note>
          <p role="status">{t("added", { name: added.name })}</p>
        </Note>
      )}
      {rows.length === 0 ? <Empty title={t("none")}>{t("noneAdvice")}</Empty> : <Rows rows={rows} edit={setOpen} />}
      {cannot ? (
        <Note>
          <p>{cannot}</p>
        </Note>
      ) : (
        <div>
          <Button kind="primary" onClick={() => setOpen("new")}>
            {t("add")}
          </Button>
        </div>
      )}
      {open === "new" && (
        <Add
          close={() => setOpen(null)}
          done={(made) => {
            setAdded(made);
            setOpen(null);
          }}
        />
      )}
      {open && open !== "new" && <Rename passkey={open} close={() => setOpen(null)} />}
    </div>
  );
}

function Rows({ rows, edit }: { rows: PasskeyRead[]; edit: (row: PasskeyRead) => void }) {
  const { t, moment } = useWords(passkeys);
  return (
    <Table<PasskeyRead>
      label={t("list")}
      rows={rows}
      rowKey={({ id }) => id}
      columns={[
        {
          key: "name",
          title: t("name"),
          cell: ({ name, usable }) => (
            <>
              <bdi dir="auto">{name}</bdi> {!usable && <Status state="off">{t("useless")}</Status>}
            </>
          ),
        },
        {
          key: "vault",
          title: t("vault"),
          cell: ({ vault, synced }) => (
            <>
              {vault && (
                <>
                  <bdi>{vault}</bdi> ·{" "}
                </>
              )}
              {synced ? t("synced") : t("single")}
            </>
          ),
        },
        { key: "added", title: t("addedOn"), cell: ({ created_at }) => moment(created_at) },
        { key: "used", title: t("lastUsed"), cell: ({ last_used_at }) => (last_used_at ? moment(last_used_at) : t("never")) },
        {
          key: "do",
          title: "",
          cell: (row) => (
            <span className="flex gap-4">
              <Button kind="quiet" onClick={() => edit(row)}>
                <Of name={row.name}>{t("rename")}</Of>
              </Button>
              <Confirm
                look="quiet"
                label={<Of name={row.name}>{t("remove")}</Of>}
                title={t("removeTitle", { name: row.name })}
                text={t("removeText")}
                action={t("remove")}
                send={() => data(deletePasskey({ path: { passkey_id: row.id } }))}
                invalidates={[KEY]}
              />
            </span>
          ),
        },
      ]}
    />
  );
}

function Add({ done, close }: { done: (made: PasskeyRead) => void; close: () => void }) {
  const { t } = useWords(passkeys);
  return (
    <Dialog title={t("add")} text={t("addText")} open close={close}>
      <Form
        action={t("addGo")}
        said=""
        send={async ({ name = "" }) => {
          const options = await data(startPasskey());
          const passkey = await makePasskey(options).catch((error: unknown) => {
            throw refused(error, { declined: t("notMade"), held: t("held") });
          });
          return data(createPasskey({ body: { name: name.trim() || null, passkey } }));
        }}
        done={done}
        invalidates={[KEY]}
        beside={<Button onClick={close}>{t("cancel")}</Button>}
      >
        <Field name="name" label={t("name")} help={t("nameHelp")} maxLength={100} optional autoFocus />
      </Form>
    </Dialog>
  );
}

function Rename({ passkey, close }: { passkey: PasskeyRead; close: () => void }) {
  const { t } = useWords(passkeys);
  return (
    <Dialog title={t("renameTitle", { name: passkey.name })} open close={close}>
      <Form
        action={t("save")}
        said=""
        send={({ name = "" }) => data(updatePasskey({ path: { passkey_id: passkey.id }, body: { name: name.trim() } }))}
        done={close}
        invalidates={[KEY]}
        beside={<Button onClick={close}>{t("cancel")}</Button>}
      >
        <Field name="name" label={t("name")} defaultValue={passkey.name} maxLength={100} required autoFocus />
      </Form>
    </Dialog>
  );
}
