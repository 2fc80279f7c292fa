"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { TenantPage } from "./tenant-page";
import { Table } from "../ui/list";
import { Broken, Skeleton } from "../ui/notices";
import { data } from "@/lib/api";
import { readRoleSummary } from "@/lib/client/sdk.gen";
import { useWords } from "@/lib/i18n";
import { tenants } from "@/lib/messages/tenants";
import { MEMBERS, ROLES_HELD, tenantPath } from "@/lib/tenant-sections";
import { ROLES, tenantKey, usePermissions, type Inside } from "@/lib/tenants";

/** The roles of a team: who has them, and what each may do, in words. */
export function Roles() {
  return <TenantPage section={ROLES_HELD}>{(inside) => <All inside={inside} />}</TenantPage>;
}

function All({ inside: { tenant } }: { inside: Inside }) {
  const { t, language, number } = useWords(tenants);
  const permissions = usePermissions(tenant.id);
  const counts = useQuery({
    queryKey: [...tenantKey(tenant.id), "roles"],
    queryFn: ({ signal }) => data(readRoleSummary({ path: { tenant_id: tenant.id }, signal })),
  });
  const error = permissions.error ?? counts.error;
  if (error) return <Broken error={error} again={() => void Promise.all([permissions.refetch(), counts.refetch()])} />;
  if (!permissions.data || !counts.data) return <Skeleton />;
  const { roles } = counts.data;
  return (
    <section>
      <h2 className="py-4 font-serif text-26 font-semibold">{t("roles")}</h2>
      <p className="max-w-read text-quiet">{t("rolesAbout")}</p>
      <ul className="my-6 max-w-read">
        {ROLES.map((role) => (
          <li key={role} className="flex justify-between gap-4 border-b border-line py-2">
            <Link href={`/${language}${tenantPath(tenant.id, MEMBERS.path, { role })}`} prefetch={false}>
              {t(`role_${role}`)}
            </Link>
            <span className="tabular-nums">{number(roles[role] ?? 0)}</span>
          </li>
        ))}
      </ul>
      <Table
        label={t("roles")}
        rows={[...permissions.data].sort((one, other) => ROLES.indexOf(one.role) - ROLES.indexOf(other.role))}
        rowKey={({ code }) => code}
        columns={[
          { key: "right", title: t("right"), cell: ({ description }) => description },
          ...ROLES.map((role) => ({
            key: role,
            title: t(`role_${role}`),
            cell: ({ role: from }: { role: (typeof ROLES)[number] }) =>
              ROLES.indexOf(from) <= ROLES.indexOf(role) ? (
                <>
                  <span aria-hidden className="text-press">
                    ✓
                  </span>{" "}
                  {t("yes")}
                </>
              ) : (
                <span className="text-quiet">{t("no")}</span>
              ),
          })),
        ]}
      />
    </section>
  );
}
