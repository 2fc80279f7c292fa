"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { useState } from "react";
import { AdministrationPage } from "./frame";
import { STORAGE_NAMES, TIERS, TierFields, tierOf, useSize } from "./tiers";
import { Button } from "../ui/button";
import { Confirm } from "../ui/dialog";
import { Facts } from "../ui/facts";
import { Choice, Field, Form, type FormValues } from "../ui/form";
import { List } from "../ui/list";
import { Loaded } from "../ui/loaded";
import { Empty } from "../ui/notices";
import { Of } from "../ui/of";
import { data } from "@/lib/api";
import { OPERATIONS } from "@/lib/client/operations.gen";
import { createRateLimit, deleteRateLimit, deleteTier, listRateLimits, readTier, updateRateLimit, updateTier } from "@/lib/client/sdk.gen";
import type { RateLimitCreate, RateLimitRead, TierRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { operations } from "@/lib/messages/operations";
import { useMay, useSession } from "@/lib/use-session";

const ROUTES = [...new Set(Object.values(OPERATIONS).map(({ method, path }) => `${method} ${path}`))].sort((a, b) => a.slice(a.indexOf(" ")).localeCompare(b.slice(b.indexOf(" "))));

/** A tier and its limits. */
export function Tier() {
  const { t, language } = useWords(operations);
  const { status } = useSession();
  const parameters = useSearchParams();
  const name = parameters.get("name") ?? "";
  const from = parameters.get("from");
  const tier = useQuery({ queryKey: ["tier", name], enabled: status === "in" && name !== "", queryFn: ({ signal }) => data(readTier({ path: { name }, signal })) });
  const list = `/${language}/administration/tiers${from ? `?${from}` : ""}`;
  return (
    <AdministrationPage title={<bdi>{tier.data?.name ?? t("tier")}</bdi>} back={{ href: list, name: t("tiers") }}>
      {name ? <Loaded query={tier}>{(found) => <Whole tier={found} list={list} />}</Loaded> : <p className="text-quiet">{t("missing")}</p>}
    </AdministrationPage>
  );
}

function Whole({ tier, list }: { tier: TierRead; list: string }) {
  const { t, moment } = useWords(operations);
  const size = useSize();
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-x-12 gap-y-8 wide:grid-cols-[minmax(0,1fr)_18rem]">
      <Facts
        label={t("facts")}
        rows={[
          [t("description"), tier.description],
          [t("storage"), tier.storage_limit === null ? t("storageUsual") : size(tier.storage_limit)],
          [t("made"), moment(tier.created_at)],
          [t("changed"), moment(tier.updated_at)],
        ]}
      />
      <div className="flex min-w-0 flex-col gap-8 wide:order-first">
        <Doing tier={tier} list={list} />
        <Limits tier={tier} />
      </div>
    </div>
  );
}

function Doing({ tier, list }: { tier: TierRead; list: string }) {
  const { t, language } = useWords(operations);
  const may = useMay();
  const router = useRouter();
  const [editing, setEditing] = useState(false);
  if (editing) {
    return (
      <Form
        said=""
        names={STORAGE_NAMES}
        send={(values) => data(updateTier({ path: { name: tier.name }, body: tierOf(values) }))}
        done={({ name }) => {
          setEditing(false);
          if (name !== tier.name) router.replace(`/${language}/administration/tiers/tier?name=${name}`);
        }}
        invalidates={[TIERS, ["tier"]]}
        beside={<Button onClick={() => setEditing(false)}>{t("cancel")}</Button>}
      >
        <TierFields tier={tier} />
      </Form>
    );
  }
  return (
    <div className="flex flex-wrap gap-4 empty:hidden">
      {may("tiers.update") && <Button onClick={() => setEditing(true)}>{t("edit")}</Button>}
      {may("tiers.delete") && (
        <Confirm
          label={t("deleteTier")}
          title={t("deleteTierTitle", { name: tier.name })}
          text={t("deleteTierText")}
          action={t("deleteTier")}
          send={() => data(deleteTier({ path: { name: tier.name } }))}
          done={() => router.push(list)}
          invalidates={[TIERS]}
        />
      )}
    </div>
  );
}

function Limits({ tier }: { tier: TierRead }) {
  const { t } = useWords(operations);
  const may = useMay();
  const [open, setOpen] = useState<RateLimitRead | "new" | null>(null);
  const key = ["limits", tier.id];
  const close = () => setOpen(null);
  if (open) {
    const present = open === "new" ? undefined : open;
    return (
      <section>
        <h2 className="mb-4 text-20 font-semibold">{present?.name ?? t("newLimit")}</h2>
        <Form
          action={present ? undefined : t("makeLimit")}
          said=""
          names={{ path: "route", method: "route" }}
          send={(values, idempotency): Promise<RateLimitRead> =>
            present
              ? data(updateRateLimit({ path: { name: tier.name, limit_id: present.id }, body: limitOf(values) }))
              : data(createRateLimit({ path: { name: tier.name }, body: limitOf(values), headers: { "Idempotency-Key": idempotency } }))
          }
          done={close}
          invalidates={[key]}
          beside={<Button onClick={close}>{t("cancel")}</Button>}
        >
          <LimitFields present={present} />
        </Form>
      </section>
    );
  }
  return (
    <List<RateLimitRead>
      title={t("limits")}
      level="h2"
      queryKey={key}
      sort="path"
      load={(query, signal) => data(listRateLimits({ path: { name: tier.name }, query, signal }))}
      rowKey={({ id }) => id}
      actions={may("tiers.update") && <Button onClick={() => setOpen("new")}>{t("newLimit")}</Button>}
      empty={<Empty title={t("limitsNone")}>{t("limitsNoneAdvice")}</Empty>}
      columns={[
        {
          key: "route",
          title: t("route"),
          sort: "path",
          cell: ({ name, method, path }) => (
            <>
              <bdi dir="auto">{name}</bdi>
              <span className="block text-13 font-normal break-all text-quiet">
                <bdi dir="ltr">
                  {method} {path}
                </bdi>
              </span>
            </>
          ),
        },
        { key: "limit", title: t("limit"), cell: ({ limit, period }) => t("limitOf", { limit, period }) },
        {
          key: "do",
          title: "",
          cell: (row) =>
            may("tiers.update") && (
              <span className="flex gap-4">
                <Button kind="quiet" onClick={() => setOpen(row)}>
                  <Of name={row.name}>{t("edit")}</Of>
                </Button>
                <Confirm
                  look="quiet"
                  label={<Of name={row.name}>{t("removeLimit")}</Of>}
                  title={t("removeLimitTitle", { name: row.name })}
                  text={t("removeLimitText")}
                  action={t("removeLimit")}
                  send={() => data(deleteRateLimit({ path: { name: tier.name, limit_id: row.id } }))}
                  invalidates={[key]}
                />
              </span>
            ),
        },
      ]}
    />
  );
}

function LimitFields({ present }: { present?: RateLimitRead }) {
  const { t } = useWords(operations);
  const route = present && `${present.method} ${present.path}`;
  const routes = route && !ROUTES.includes(route) ? [route, ...ROUTES] : ROUTES;
  return (
    <>
      <Choice name="route" label={t("route")} choices={routes.map((each) => [each, each] as const)} defaultValue={route} dir="ltr" autoFocus />
      <Field name="limit" label={t("limit")} help={t("limitHelp")} type="number" min={1} defaultValue={present?.limit ?? 100} inputMode="numeric" required />
      <Field name="period" label={t("period")} help={t("periodHelp")} type="number" min={1} defaultValue={present?.period ?? 60} inputMode="numeric" required />
      <Field name="name" label={t("limitName")} help={t("limitNameHelp")} defaultValue={present?.name} maxLength={100} autoComplete="off" optional />
    </>
  );
}

function limitOf({ route = "", limit, period, name = "" }: FormValues): RateLimitCreate {
  const [method, path = ""] = route.split(" ");
  return { method: method as RateLimitCreate["method"], path, limit: Number(limit), period: Number(period), name: name.trim() };
}
