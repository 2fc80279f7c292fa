"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { TenantPage } from "./tenant-page";
import { Button } from "../ui/button";
import { Confirm } from "../ui/dialog";
import { Field, Form, TextField } from "../ui/form";
import { saveAs } from "../ui/list";
import { Note, Refusal } from "../ui/notices";
import { data } from "@/lib/api";
import { changedMeanwhile } from "@/lib/changed";
import { deleteTenant, exportTenant, readRoleSummary, readTenant, updateTenant } from "@/lib/client/sdk.gen";
import type { OwnTenant, TenantUpdate } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { tenants } from "@/lib/messages/tenants";
import { SETTINGS } from "@/lib/tenant-sections";
import { TENANTS_KEY, tenantKey, type Inside } from "@/lib/tenants";
import { useSend } from "@/lib/use-send";

const HEADING = "mb-2 font-serif text-26 font-semibold";

/** What a team is called; closing it, taking its data along, deleting it. */
export function Settings() {
  return (
    <TenantPage section={SETTINGS}>
      {({ tenant, may }: Inside) => (
        <div className="flex max-w-read flex-col gap-12 pt-4">
          <Naming tenant={tenant} />
          <Closing tenant={tenant} />
          <TakeAlong tenant={tenant} />
          {may("delete_tenant") && <Deleting tenant={tenant} />}
        </div>
      )}
    </TenantPage>
  );
}

function change(tenant: OwnTenant, body: TenantUpdate, version: number) {
  return data(updateTenant({ path: { tenant_id: tenant.id }, body, headers: { "If-Match": `"${version}"` } }));
}

/** Changes what the page shows; where somebody was faster, it is read anew, so that it can be pressed again. */
function useVersion(tenant: OwnTenant) {
  const { t } = useWords(tenants);
  const queries = useQueryClient();
  return async <T,>(call: (version: number) => Promise<T>): Promise<T> => {
    try {
      return await call(tenant.version);
    } catch (error) {
      const changed = changedMeanwhile(error, t("changedSince"));
      if (changed) await queries.invalidateQueries({ queryKey: [...tenantKey(tenant.id), "itself"] });
      throw changed ?? error;
    }
  };
}

/** The name and the description. What somebody else wrote meanwhile is shown beside what is written here. */
function Naming({ tenant }: { tenant: OwnTenant }) {
  const { t } = useWords(tenants);
  const [first] = useState(tenant);
  const [theirs, setTheirs] = useState<OwnTenant | null>(null);
  const [seen, setSeen] = useState(tenant);
  const same = tenant.name === seen.name && tenant.description === seen.description; // what changed was something else
  const version = same ? Math.max(tenant.version, seen.version) : seen.version;
  async function send({ name = "", description = "" }: Record<string, string>) {
    try {
      return await change(tenant, { name: name.trim(), description: description.trim() }, version);
    } catch (error) {
      const changed = changedMeanwhile(error, t("changedNotSaved"));
      if (!changed) throw error;
      const now = await data(readTenant({ path: { tenant_id: tenant.id } }));
      setTheirs(now);
      setSeen(now);
      throw changed;
    }
  }
  return (
    <section>
      <h2 className={HEADING}>{t("settingsName")}</h2>
      {theirs && (
        <div className="mb-6">
          <Note kind="late">
            <p>{t("theirs")}</p>
            <p dir="auto" className="font-medium">
              {theirs.name}
            </p>
            <p dir="auto">{theirs.description}</p>
            <p className="text-15 text-quiet">{t("theirsAdvice")}</p>
          </Note>
        </div>
      )}
      <Form
        label={t("settingsName")}
        send={send}
        done={(now) => {
          setTheirs(null);
          setSeen(now);
        }}
        invalidates={[tenantKey(tenant.id), TENANTS_KEY]}
      >
        <Field name="name" label={t("name")} defaultValue={first.name} maxLength={100} autoComplete="off" required />
        <TextField name="description" label={t("description")} defaultValue={first.description} maxLength={2000} optional />
      </Form>
    </section>
  );
}

function Closing({ tenant }: { tenant: OwnTenant }) {
  const { t } = useWords(tenants);
  const invalidates = [tenantKey(tenant.id), TENANTS_KEY];
  const versioned = useVersion(tenant);
  const opening = useSend({ send: () => versioned((version) => change(tenant, { status: "active" }, version)), invalidates });
  return (
    <section>
      <h2 className={HEADING}>{t("closing")}</h2>
      <p className="mb-4 text-quiet">{t("closingAbout")}</p>
      {tenant.status === "active" ? (
        <Confirm
          label={t("close")}
          look="plain"
          title={t("closeTitle", { name: tenant.name })}
          text={t("closeText")}
          action={t("close")}
          send={() => versioned((version) => change(tenant, { status: "inactive" }, version))}
          invalidates={invalidates}
        />
      ) : (
        <Button busy={opening.busy} onClick={() => void opening.send()}>
          {t("open")}
        </Button>
      )}
      {opening.trouble && <Refusal trouble={opening.trouble} />}
    </section>
  );
}

function TakeAlong({ tenant }: { tenant: OwnTenant }) {
  const { t } = useWords(tenants);
  const { send, busy, trouble } = useSend({
    send: () => data(exportTenant({ path: { tenant_id: tenant.id }, parseAs: "blob" }) as Promise<{ data?: unknown; response?: Response }>),
    done: (blob) => saveAs(blob as Blob, `${tenant.id}.json`),
  });
  return (
    <section>
      <h2 className={HEADING}>{t("takeAlong")}</h2>
      <p className="mb-4 text-quiet">{t("takeAlongAbout")}</p>
      <Button busy={busy} onClick={() => void send()}>
        {t("download")}
      </Button>
      {trouble && <Refusal trouble={trouble} />}
    </section>
  );
}

function Deleting({ tenant }: { tenant: OwnTenant }) {
  const { t, language } = useWords(tenants);
  const router = useRouter();
  const queries = useQueryClient();
  const versioned = useVersion(tenant);
  const counts = useQuery({
    queryKey: [...tenantKey(tenant.id), "roles"],
    enabled: tenant.status === "active",
    queryFn: ({ signal }) => data(readRoleSummary({ path: { tenant_id: tenant.id }, signal })),
  });
  return (
    <section>
      <h2 className={HEADING}>{t("deleting")}</h2>
      <p className="mb-4 text-quiet">{t("deletingAbout")}</p>
      <Confirm
        label={t("delete")}
        title={t("deleteTitle", { name: tenant.name })}
        text={counts.data ? t("deleteText", { count: counts.data.total }) : t("deletingAbout")}
        action={t("deleteAction")}
        send={() => versioned((version) => data(deleteTenant({ path: { tenant_id: tenant.id }, headers: { "If-Match": `"${version}"` } })))}
        done={async () => {
          router.push(`/${language}/tenants`);
          await queries.invalidateQueries({ queryKey: tenantKey(tenant.id), refetchType: "none" });
        }}
        invalidates={[TENANTS_KEY]}
      />
    </section>
  );
}
