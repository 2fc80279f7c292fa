"use client";

import { useQuery } from "@tanstack/react-query";
import { Empty, Skeleton } from "../ui/notices";
import { data } from "@/lib/api";
import { listMembers } from "@/lib/client/sdk.gen";
import { useWords } from "@/lib/i18n";
import { tenants } from "@/lib/messages/tenants";
import type { TenantSection } from "@/lib/tenant-sections";
import { heldBy, tenantKey, usePermissions, type Inside } from "@/lib/tenants";

const SOME = 10; // names of each role
const LEADING = ["owner", "admin"] as const; // the roles that give rights

/** What a member may not see: which right it needs, and who of the team can give it. */
export function WhoCanHelp({ inside: { tenant }, section }: { inside: Inside; section: TenantSection }) {
  const { t } = useWords(tenants);
  const path = { tenant_id: tenant.id };
  const { data: permissions, isPending } = usePermissions(tenant.id);
  // Who gives a right holds it.
  const roles = LEADING.filter((role) => role === "owner" || (!section.owners && heldBy(role, permissions ?? []).includes(section.permission ?? "")));
  const helpers = useQuery({
    queryKey: [...tenantKey(tenant.id), "helpers", ...roles],
    enabled: !isPending || !!section.owners,
    queryFn: async ({ signal }) => {
      const lists = await Promise.all(roles.map((role) => data(listMembers({ path, query: { role, page: 1, items_per_page: SOME }, signal }))));
      return lists.flatMap((list) => list.data);
    },
  });
  const right = permissions?.find(({ code }) => code === section.permission)?.description;
  if (!permissions && helpers.isPending) return <Skeleton rows={2} />;
  return (
    <Empty title={t("forbidden")}>
      <p>{section.owners ? t("ownersOnly") : right && t("needs", { right })}</p>
      {helpers.data && (
        <>
          <p className="mt-4">{section.owners ? t("canHelpOwners") : t("canHelp")}</p>
          <ul>
            {helpers.data.map(({ user_id, name, username, role }) => (
              <li key={user_id} className="text-ink">
                <bdi dir="auto">{name || username}</bdi> <span className="text-15 text-quiet">({t(`role_${role}`)})</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Empty>
  );
}
