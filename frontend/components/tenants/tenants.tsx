"use client";

import Link from "next/link";
import { TenantState } from "./tenant-state";
import { Private } from "../shell/private";
import { ButtonLink } from "../ui/button";
import { List } from "../ui/list";
import { Empty } from "../ui/notices";
import { data } from "@/lib/api";
import { listTenants } from "@/lib/client/sdk.gen";
import type { ListedTenant } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { tenants } from "@/lib/messages/tenants";
import { tenantPath } from "@/lib/tenant-sections";
import { ROLES, TENANTS_KEY } from "@/lib/tenants";
import { useMay } from "@/lib/use-session";

const STATES = ["active", "inactive", "disabled"] as const;

/** The teams of whoever is signed in. */
export function Tenants() {
  return (
    <main id="main" className="mx-auto max-w-page px-4 pt-2 pb-16">
      <Private>
        <Mine />
      </Private>
    </main>
  );
}

function Mine() {
  const { t, language, number, moment } = useWords(tenants);
  const may = useMay();
  const make = may("tenants.create") && (
    <ButtonLink kind="primary" href={`/${language}/tenants/new`}>
      {t("teamNew")}
    </ButtonLink>
  );
  return (
    <List<ListedTenant>
      title={t("allTeams")}
      queryKey={TENANTS_KEY}
      sort="name"
      searchIn={t("name")}
      load={(query, signal) => data(listTenants({ query, signal }))}
      rowKey={({ id }) => id}
      filters={[
        { name: "role", label: t("role"), choices: ROLES.map((role) => [role, t(`role_${role}`)] as const) },
        { name: "status", label: t("state"), choices: STATES.map((state) => [state, t(`state_${state}`)] as const) },
      ]}
      actions={make}
      csv={{ url: "/api/v1/tenants", name: "teams.csv" }}
      empty={<Empty title={t("teamsNone")}>{may("tenants.create") ? t("teamsNoneAdvice") : t("teamsNoneAsk")}</Empty>}
      columns={[
        {
          key: "name",
          title: t("name"),
          sort: "name",
          cell: ({ id, name, description }) => (
            <>
              <Link href={`/${language}${tenantPath(id)}`} prefetch={false}>
                <bdi dir="auto">{name}</bdi>
              </Link>
              {description && (
                <span className="line-clamp-2 max-w-read text-15 font-normal text-quiet">
                  <bdi dir="auto">{description}</bdi>
                </span>
              )}
            </>
          ),
        },
        { key: "role", title: t("yourRole"), cell: ({ role }) => t(`role_${role}`) },
        { key: "members", title: t("membersCount"), numeric: true, cell: ({ members }) => number(members) },
        { key: "state", title: t("state"), sort: "status", cell: ({ status }) => <TenantState status={status} /> },
        { key: "made", title: t("made"), sort: "created_at", cell: ({ created_at }) => <span className="whitespace-nowrap">{moment(created_at)}</span> },
      ]}
    />
  );
}
