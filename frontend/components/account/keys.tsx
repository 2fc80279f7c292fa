"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { AccountPage } from "./account-page";
import { Button } from "../ui/button";
import { Copy } from "../ui/copy";
import { Confirm } from "../ui/dialog";
import { Status } from "../ui/facts";
import { Field, FieldError, Form, linesOf, useFieldError, type FormValues } from "../ui/form";
import { List } from "../ui/list";
import { Broken, Empty, Note, Skeleton } from "../ui/notices";
import { data } from "@/lib/api";
import { createApiKey, deleteApiKey, listApiKeys, readOwnPermissions, updateApiKey } from "@/lib/client/sdk.gen";
import type { ApiKeyCreated, ApiKeyRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { account } from "@/lib/messages/account";

const KEY = ["api-keys"];

export function Keys() {
  return (
    <AccountPage title="keys">
      <AllKeys />
    </AccountPage>
  );
}

function AllKeys() {
  const { t, moment } = useWords(account);
  const [open, setOpen] = useState<ApiKeyRead | "new" | null>(null);
  const [made, setMade] = useState<ApiKeyCreated | null>(null);
  const close = () => setOpen(null);
  if (made) return <Made made={made} done={() => setMade(null)} />;
  if (open === "new") {
    return (
      <KeyForm
        action={t("keyMake")}
        cancel={close}
        send={({ name, permissions, days }, key) =>
          data(createApiKey({ body: { name, permissions, expires_in_days: days }, headers: { "Idempotency-Key": key } }))
        }
        done={(answer) => {
          close();
          setMade(answer);
        }}
      />
    );
  }
  if (open) {
    return (
      <>
        <h2 className="mb-4 text-20 font-semibold">{t("keyEditTitle", { name: open.name })}</h2>
        <KeyForm
          present={open}
          action={t("save")}
          cancel={close}
          send={({ name, permissions }) => data(updateApiKey({ path: { key_id: open.id }, body: { name, permissions } }))}
          done={close}
        />
      </>
    );
  }
  return (
    <List<ApiKeyRead>
      title={t("keys")}
      level="h2"
      queryKey={KEY}
      sort="-created_at"
      load={(query, signal) => data(listApiKeys({ query, signal }))}
      rowKey={({ id }) => id}
      actions={
        <Button kind="primary" onClick={() => setOpen("new")}>
          {t("keyNew")}
        </Button>
      }
      empty={<Empty title={t("keysNone")}>{t("keysNoneAdvice")}</Empty>}
      csv={{ url: "/api/v1/api-keys", name: "api-keys.csv" }}
      columns={[
        { key: "name", title: t("keyName"), sort: "name", cell: ({ name }) => <bdi dir="auto">{name}</bdi> },
        { key: "state", title: "", cell: ({ expired }) => <Status state={expired ? "off" : "good"}>{expired ? t("keyExpired") : t("keyWorks")}</Status> },
        { key: "prefix", title: t("keyPrefix"), cell: ({ prefix }) => <code className="text-13 break-all">{prefix}</code> },
        { key: "ends", title: t("keyEnds"), sort: "expires_at", cell: ({ expires_at }) => moment(expires_at) },
        { key: "used", title: t("lastUsed"), sort: "last_used_at", cell: ({ last_used_at }) => (last_used_at ? moment(last_used_at) : t("keyNever")) },
        {
          key: "do",
          title: "",
          cell: (row) => (
            <span className="flex gap-4">
              <Button kind="quiet" onClick={() => setOpen(row)}>
                {t("keyEdit")}
              </Button>
              <Confirm
                look="quiet"
                label={t("keyRevoke")}
                title={t("keyRevokeTitle", { name: row.name })}
                text={t("keyRevokeText")}
                action={t("keyRevoke")}
                send={() => data(deleteApiKey({ path: { key_id: row.id } }))}
                invalidates={[KEY]}
              />
            </span>
          ),
        },
      ]}
    />
  );
}

interface KeyValues {
  name: string;
  permissions: string[];
  days: number;
}

interface KeyFormProps<T> {
  present?: ApiKeyRead;
  action: string;
  send: (values: KeyValues, key: string) => Promise<T>;
  done: (answer: T) => void;
  cancel: () => void;
}

function KeyForm<T>({ present, action, send, done, cancel }: KeyFormProps<T>) {
  const { t } = useWords(account);
  const rights = useQuery({ queryKey: ["rights"], queryFn: ({ signal }) => data(readOwnPermissions({ signal })) });
  if (rights.isError) return <Broken error={rights.error} again={() => void rights.refetch()} />;
  if (!rights.data) return <Skeleton rows={3} />;
  const read = ({ name = "", permissions = "", days = "90" }: FormValues): KeyValues => ({
    name: name.trim(),
    permissions: linesOf(permissions),
    days: Number(days) || 0,
  });
  return (
    <Form
      action={action}
      said=""
      names={{ expires_in_days: "days" }}
      send={(values, key) => send(read(values), key)}
      done={done}
      invalidates={[KEY]}
      beside={<Button onClick={cancel}>{t("cancel")}</Button>}
    >
      <Field name="name" label={t("keyName")} help={t("keyNameHelp")} defaultValue={present?.name} maxLength={100} autoComplete="off" required autoFocus />
      <Scope all={rights.data.effective} chosen={present?.permissions ?? []} />
      {!present && <Field name="days" label={t("keyDays")} type="number" min={1} max={3650} defaultValue={90} inputMode="numeric" />}
    </Form>
  );
}

function Scope({ all, chosen }: { all: readonly string[]; chosen: readonly string[] }) {
  const { t } = useWords(account);
  const { error, forget } = useFieldError("permissions");
  const codes = [...new Set([...all, ...chosen])].sort();
  return (
    <fieldset aria-describedby={error ? "scope-error" : undefined}>
      <legend className="mb-1 font-medium">{t("keyScope")}</legend>
      <p className="mb-2 text-15 text-quiet">{t("keyScopeHelp")}</p>
      <ul className="max-h-80 overflow-y-auto rounded border border-line px-3 py-2" tabIndex={0} aria-label={t("keyScope")}>
        {codes.map((code) => (
          <li key={code}>
            <label className="flex min-h-8 items-center gap-3">
              <input type="checkbox" name="permissions" value={code} defaultChecked={chosen.includes(code)} onInput={forget} aria-invalid={error ? true : undefined} className="size-5 accent-press" />
              <code className="text-15">{code}</code>
            </label>
          </li>
        ))}
      </ul>
      <FieldError id="scope-error" error={error} />
    </fieldset>
  );
}

function Made({ made, done }: { made: ApiKeyCreated; done: () => void }) {
  const { t } = useWords(account);
  return (
    <section className="max-w-read">
      <Note>
        <h2 role="status" className="text-20 font-semibold">
          {t("keyMade", { name: made.name })}
        </h2>
        <p>{t("keyMadeText")}</p>
      </Note>
      <p className="my-6">
        <code dir="ltr" className="text-17 break-all select-all">
          {made.key}
        </code>
      </p>
      <div className="flex flex-wrap gap-4">
        <Copy text={made.key} />
        <Button kind="primary" onClick={done}>
          {t("done")}
        </Button>
      </div>
    </section>
  );
}
