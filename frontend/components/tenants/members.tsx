"use client";

import Link from "next/link";
import { TenantPage } from "./tenant-page";
import { ButtonLink } from "../ui/button";
import { List } from "../ui/list";
import { data } from "@/lib/api";
import { listMembers } from "@/lib/client/sdk.gen";
import type { MemberRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { tenants } from "@/lib/messages/tenants";
import { MEMBERS, tenantPath } from "@/lib/tenant-sections";
import { ROLES, tenantKey, type Inside } from "@/lib/tenants";

/** Who is in a team. */
export function Members() {
  return <TenantPage section={MEMBERS}>{(inside) => <Everybody inside={inside} />}</TenantPage>;
}

/** What lists of the members of a team share. */
export function useMemberList(id: string) {
  const { t } = useWords(tenants);
  return {
    title: t("members"),
    level: "h2" as const,
    queryKey: [...tenantKey(id), "members"],
    sort: "username",
    searchIn: t("searchMembers"),
    load: (query: Record<string, string | number>, signal: AbortSignal) => data(listMembers({ path: { tenant_id: id }, query, signal })),
    rowKey: ({ user_id }: MemberRead) => user_id,
    filters: [{ name: "role", label: t("role"), choices: ROLES.map((role) => [role, t(`role_${role}`)] as const) }],
  };
}

interface PersonProps {
  name: string;
  username: string;
  me: boolean;
  href?: string;
}

/** A member in a list: how they want to be called, and their user name. */
export function Person({ name, username, me, href }: PersonProps) {
  const { t } = useWords(tenants);
  const called = <bdi dir="auto">{name || username}</bdi>;
  return (
    <>
      {href ? (
        <Link href={href} prefetch={false}>
          {called}
        </Link>
      ) : (
        called
      )}{" "}
      {me && <span className="font-normal text-quiet">({t("you")})</span>}
      {name && (
        <span className="block text-15 font-normal text-quiet">
          <bdi>{username}</bdi>
        </span>
      )}
    </>
  );
}

function Everybody({ inside: { tenant, me, may } }: { inside: Inside }) {
  const { t, language, moment } = useWords(tenants);
  const path = { tenant_id: tenant.id };
  const list = useMemberList(tenant.id);
  return (
    <List<MemberRead>
      {...list}
      csv={{ url: "/api/v1/tenants/{tenant_id}/members", path, name: "members.csv" }}
      actions={
        may("manage_users") && (
          <ButtonLink kind="primary" href={`/${language}${tenantPath(tenant.id, "/invite")}`}>
            {t("invite")}
          </ButtonLink>
        )
      }
      columns={[
        {
          key: "person",
          title: t("person"),
          sort: "username",
          cell: ({ user_id, name, username }) => (
            <Person name={name} username={username} me={user_id === me.user_id} href={`/${language}${tenantPath(tenant.id, "/member", { user: user_id })}`} />
          ),
        },
        { key: "role", title: t("role"), cell: ({ role }) => t(`role_${role}`) },
        { key: "beside", title: t("beside"), cell: ({ permissions }) => (permissions.length ? t("rightsCount", { count: permissions.length }) : "–") },
        { key: "joined", title: t("joined"), sort: "created_at", cell: ({ joined_at }) => <span className="whitespace-nowrap">{moment(joined_at)}</span> },
      ]}
    />
  );
}
