"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { Confirm } from "../ui/dialog";
import { data } from "@/lib/api";
import { deleteOwnMembership } from "@/lib/client/sdk.gen";
import type { OwnTenant } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { tenants } from "@/lib/messages/tenants";
import { TENANTS_KEY, tenantKey } from "@/lib/tenants";

/** The way out of a team. */
export function Leave({ tenant }: { tenant: OwnTenant }) {
  const { t, language } = useWords(tenants);
  const router = useRouter();
  const queries = useQueryClient();
  return (
    <Confirm
      label={t("leave")}
      title={t("leaveTitle", { name: tenant.name })}
      text={t("leaveText")}
      action={t("leave")}
      send={() => data(deleteOwnMembership({ path: { tenant_id: tenant.id } }))}
      done={async () => {
        router.push(`/${language}/tenants`);
        await queries.invalidateQueries({ queryKey: tenantKey(tenant.id), refetchType: "none" });
      }}
      invalidates={[TENANTS_KEY]}
    />
  );
}
