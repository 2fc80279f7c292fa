"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { TenantPage } from "./tenant-page";
import { Button } from "../ui/button";
import { Confirm } from "../ui/dialog";
import { Field, Form, TextField } from "../ui/form";
import { saveAs } from "../ui/list";
import { Note, Refusal } from "../ui/notices";
import { data } from "@/lib/api";
import { changedMeanwhile, useMeanwhile } from "@/lib/changed";
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

function change(tenant: OwnTenant, body: TenantUpdate, headers: { "If-Match": string }) {
  return data(updateTenant({ path: { tenant_id: tenant.id }, body, headers }));
}

/** Changes what the page shows; where somebody was faster, it is read anew, so that it can be pressed again. */
function useVersion(tenant: OwnTenant) {
  const { t } = useWords(tenants);
  const queries = useQueryClient();
  return async <T,>(call: (headers: { "If-Match": string }) => Promise<T>): Promise<T> => {
    try {
      return await call({ "If-Match": `"${tenant.version}"` });
    } catch (error) {
      const changed = changedMeanwhile(error, t("changedSince"));
      if (changed) await queries.invalidateQueries({ queryKey: [...tenantKey(tenant.id), "itself"] });
      throw changed ?? error;
    }
  };
}

const named = ({ name, description }: OwnTenant) => `${name}\n${description}`;

/** The name and the description. What somebody else wrote meanwhile is shown beside what is written here. */
function Naming({ tenant }: { tenant: OwnTenant }) {
  const { t } = useWords(tenants);
  const read = () => data(readTenant({ path: { tenant_id: tenant.id } }));
  const { first, theirs, change: watched, saved } = useMeanwhile(tenant, { part: named, read, words: t("changedNotSaved") });
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
        send={({ name = "", description = "" }) => watched((headers) => change(tenant, { name: name.trim(), description: description.trim() }, headers))}
        done={saved}
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
  const opening = useSend({ send: () => versioned((headers) => change(tenant, { status: "active" }, headers)), invalidates });
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
          send={() => versioned((headers) => change(tenant, { status: "inactive" }, headers))}
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
        send={() => versioned((headers) => data(deleteTenant({ path: { tenant_id: tenant.id }, headers })))}
        done={async () => {
          router.push(`/${language}/tenants`);
          await queries.invalidateQueries({ queryKey: tenantKey(tenant.id), refetchType: "none" });
        }}
        invalidates={[TENANTS_KEY]}
      />
    </section>
  );
}
