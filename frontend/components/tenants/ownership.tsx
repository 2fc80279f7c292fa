"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { TenantPage } from "./tenant-page";
import { Confirm } from "../ui/dialog";
import { List } from "../ui/list";
import { Empty } from "../ui/notices";
import { Of } from "../ui/of";
import { data } from "@/lib/api";
import { listMembers, readRoleSummary, transferOwnership } from "@/lib/client/sdk.gen";
import type { MemberRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { tenants } from "@/lib/messages/tenants";
import { OWNERSHIP, tenantPath } from "@/lib/tenant-sections";
import { ROLES, TENANTS_KEY, tenantKey, type Inside } from "@/lib/tenants";
import { tellThere } from "@/lib/told";

/** Hands a team over to one of its members. */
export function Ownership() {
  return <TenantPage section={OWNERSHIP}>{(inside) => <Heirs inside={inside} />}</TenantPage>;
}

function Heirs({ inside: { tenant, me } }: { inside: Inside }) {
  const { t, language } = useWords(tenants);
  const router = useRouter();
  const path = { tenant_id: tenant.id };
  const counts = useQuery({ queryKey: [...tenantKey(tenant.id), "roles"], queryFn: ({ signal }) => data(readRoleSummary({ path, signal })) });
  if (counts.data?.total === 1) return <Empty title={t("handOverNone")}>{t("handOverNoneAdvice")}</Empty>;
  return (
    <>
      <p className="max-w-read pt-4 text-quiet">{t("ownershipAbout")}</p>
      <List<MemberRead>
        title={t("members")}
        level="h2"
        queryKey={[...tenantKey(tenant.id), "members"]}
        sort="username"
        searchIn={t("searchMembers")}
        load={(query, signal) => data(listMembers({ path, query, signal }))}
        rowKey={({ user_id }) => user_id}
        filters={[{ name: "role", label: t("role"), choices: ROLES.map((role) => [role, t(`role_${role}`)] as const) }]}
        columns={[
          {
            key: "person",
            title: t("person"),
            sort: "username",
            cell: ({ user_id, name, username }) => (
              <>
                <bdi dir="auto">{name || username}</bdi> {user_id === me.user_id && <span className="font-normal text-quiet">({t("you")})</span>}
                {name && (
                  <span className="block text-15 font-normal text-quiet">
                    <bdi>{username}</bdi>
                  </span>
                )}
              </>
            ),
          },
          { key: "role", title: t("role"), cell: ({ role }) => t(`role_${role}`) },
          {
            key: "do",
            title: "",
            cell: ({ user_id, name, username }) =>
              user_id !== me.user_id && (
                <Confirm
                  look="quiet"
                  label={<Of name={name || username}>{t("handOver")}</Of>}
                  title={t("handOverTitle", { team: tenant.name, name: name || username })}
                  text={t("handOverText")}
                  action={t("handOver")}
                  send={(_: void, key) => data(transferOwnership({ path, body: { user_id }, headers: { "Idempotency-Key": key } }))}
                  done={() => {
                    tellThere(t("handedOver", { name: name || username }));
                    router.push(`/${language}${tenantPath(tenant.id)}`);
                  }}
                  invalidates={[tenantKey(tenant.id), TENANTS_KEY]}
                />
              ),
          },
        ]}
      />
    </>
  );
}
