"use client";

import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { TenantPage } from "./tenant-page";
import { Chain } from "../activity/chain";
import { NoEntries, PeriodFilter, usePeriod } from "../activity/period";
import { Status } from "../ui/facts";
import { List } from "../ui/list";
import { actorOf } from "@/lib/actor";
import { data } from "@/lib/api";
import { listMembers, listTenantActivity } from "@/lib/client/sdk.gen";
import type { ActivityRead, TenantPermissionRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { tenants, type TenantKey } from "@/lib/messages/tenants";
import { ACTIVITY } from "@/lib/tenant-sections";
import { tenantKey, usePermissions, type Inside } from "@/lib/tenants";
import { useMay } from "@/lib/use-session";

const LEVELS = ["audit", "warning", "error"] as const;

/** What happened in a team: who did what, when, and whether the trail is whole. */
export function Activity() {
  return <TenantPage section={ACTIVITY}>{(inside) => <Entries inside={inside} />}</TenantPage>;
}

const MOST = 100; // people to choose from

function Entries({ inside: { tenant, may: mayInside } }: { inside: Inside }) {
  const { t, moment } = useWords(tenants);
  const may = useMay();
  const path = { tenant_id: tenant.id };
  const { data: permissions = [] } = usePermissions(tenant.id);
  const { data: people } = useQuery({
    queryKey: [...tenantKey(tenant.id), "people"],
    enabled: mayInside("view_users"),
    queryFn: ({ signal }) => data(listMembers({ path, query: { page: 1, items_per_page: MOST }, signal })),
  });
  const period = usePeriod();
  const present = useSearchParams().get("user_id");
  const chosen = people?.data.map(({ user_id, name, username }) => [user_id, name || username] as const) ?? [];
  const choices = present && !chosen.some(([id]) => id === present) ? [...chosen, [present, present] as const] : chosen;
  return (
    <>
      <List<ActivityRead>
        title={t("activity")}
        level="h2"
        queryKey={[...tenantKey(tenant.id), "activity", period]}
        sort="-created_at"
        load={(query, signal) => data(listTenantActivity({ path, query: { ...query, ...period }, signal }))}
        rowKey={({ id }) => id}
        filters={[
          ...(choices.length ? [{ name: "user_id", label: t("who"), choices }] : []),
          { name: "level", label: t("level"), choices: LEVELS.map((level) => [level, t(`level_${level}`)] as const) },
        ]}
        csv={{ url: "/api/v1/tenants/{tenant_id}/activity", path, query: period, name: "activity.csv" }}
        above={<PeriodFilter />}
        empty={<NoEntries />}
        columns={[
          { key: "what", title: t("what"), cell: (row) => <What row={row} permissions={permissions} /> },
          { key: "who", title: t("who"), cell: (row) => <bdi dir="auto">{actorOf(row, { service: t("someone"), stranger: t("stranger") })}</bdi> },
          { key: "when", title: t("when"), sort: "created_at", cell: ({ created_at }) => moment(created_at) },
          { key: "from", title: t("from"), cell: ({ device, browser, ip_address }) => <bdi>{[device, browser, ip_address].filter(Boolean).join(" · ")}</bdi> },
        ]}
      />
      {may("activity.view") && (
        <div className="mt-10">
          <Chain tenant={tenant.id} />
        </div>
      )}
    </>
  );
}

function What({ row, permissions }: { row: ActivityRead; permissions: TenantPermissionRead[] }) {
  const { t } = useWords(tenants);
  const details = [row.subject_id && t("about", { name: row.subject_username ?? row.subject_id }), ...changes(row, permissions, t)].filter(Boolean);
  return (
    <Status state={row.level === "warning" || row.level === "error" ? "late" : "good"}>
      <span className="whitespace-normal">
        <bdi dir="auto">{inWords("did", row.action, row.message, t)}</bdi>
        {details.length > 0 && (
          <span dir="auto" className="block text-15 font-normal text-quiet">
            {details.join(" · ")}
          </span>
        )}
      </span>
    </Status>
  );
}

type Say = (key: TenantKey, values?: Record<string, string>) => string;

/** The word for a value of the trail; the value itself where it is none that this page knows. */
function inWords(of: string, value: unknown, otherwise: string, t: Say): string {
  const key = `${of}_${String(value).replaceAll(".", "_")}`;
  return key in tenants.en ? t(key as TenantKey) : otherwise;
}

/** What an entry tells of what changed, in words. */
function changes({ action, metadata }: ActivityRead, permissions: TenantPermissionRead[], t: Say): string[] {
  const text = (name: string) => String(metadata[name] ?? "");
  const role = (name: string) => inWords("role", metadata[name], text(name), t);
  const codes = (name: string, sign: string) =>
    (Array.isArray(metadata[name]) ? metadata[name] : []).map((code) => `${sign} ${permissions.find((each) => each.code === code)?.description ?? String(code)}`);
  if (action === "tenant.member.role_changed") return [t("roleFromTo", { from: role("from"), to: role("to") })];
  if (action === "tenant.member.permissions_changed") return [...codes("added", "+"), ...codes("removed", "−")];
  if (action === "tenant.updated") return [text("name"), inWords("state", metadata["status"], "", t)];
  if (action.startsWith("tenant.invitation.")) return [role("role")];
  return [];
}
