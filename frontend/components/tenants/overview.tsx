"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Leave } from "./leave";
import { TenantPage } from "./tenant-page";
import { TenantState } from "./tenant-state";
import { Facts } from "../ui/facts";
import { data } from "@/lib/api";
import { readRoleSummary } from "@/lib/client/sdk.gen";
import { useWords } from "@/lib/i18n";
import { tenants } from "@/lib/messages/tenants";
import { INVITATIONS, MEMBERS, OVERVIEW, tenantPath } from "@/lib/tenant-sections";
import { hasSection, tenantKey, type Inside } from "@/lib/tenants";

/** The first page of a team: what it is for, who one is in it, and the way out. */
export function Overview() {
  return <TenantPage section={OVERVIEW}>{(inside) => <About inside={inside} />}</TenantPage>;
}

function About({ inside }: { inside: Inside }) {
  const { t, language, number, moment } = useWords(tenants);
  const { tenant, me } = inside;
  const counts = useQuery({
    queryKey: [...tenantKey(tenant.id), "roles"],
    enabled: hasSection(inside, MEMBERS),
    queryFn: ({ signal }) => data(readRoleSummary({ path: { tenant_id: tenant.id }, signal })),
  });
  const to = (path: string, more: Record<string, string>, words: string) => (
    <Link href={`/${language}${tenantPath(tenant.id, path, more)}`} prefetch={false}>
      {words}
    </Link>
  );
  return (
    <div className="flex max-w-read flex-col gap-10">
      {tenant.description && (
        <p dir="auto" className="whitespace-pre-line">
          {tenant.description}
        </p>
      )}
      <Facts
        label={t("overview")}
        rows={[
          [t("yourRole"), t(`role_${me.role}`)],
          [t("state"), <TenantState key="state" status={tenant.status} />],
          [t("membersCount"), counts.data && to(MEMBERS.path, {}, number(counts.data.total))],
          [
            t("pending"),
            counts.data &&
              counts.data.pending_invitations > 0 &&
              (hasSection(inside, INVITATIONS) ? to(INVITATIONS.path, { status: "pending" }, number(counts.data.pending_invitations)) : number(counts.data.pending_invitations)),
          ],
          [t("made"), moment(tenant.created_at)],
        ]}
      />
      <div>
        <Leave tenant={tenant} />
      </div>
    </div>
  );
}
