"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { Person, useMemberList } from "./members";
import { TenantPage } from "./tenant-page";
import { Confirm } from "../ui/dialog";
import { List } from "../ui/list";
import { Empty } from "../ui/notices";
import { Of } from "../ui/of";
import { data } from "@/lib/api";
import { readRoleSummary, transferOwnership } from "@/lib/client/sdk.gen";
import type { MemberRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { tenants } from "@/lib/messages/tenants";
import { OWNERSHIP, tenantPath } from "@/lib/tenant-sections";
import { TENANTS_KEY, tenantKey, type Inside } from "@/lib/tenants";
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
  const list = useMemberList(tenant.id);
  if (counts.data?.total === 1) return <Empty title={t("handOverNone")}>{t("handOverNoneAdvice")}</Empty>;
  return (
    <>
      <p className="max-w-read pt-4 text-quiet">{t("ownershipAbout")}</p>
      <List<MemberRead>
        {...list}
        columns={[
          {
            key: "person",
            title: t("person"),
            sort: "username",
            cell: ({ user_id, name, username }) => (
              <Person name={name} username={username} me={user_id === me.user_id} />
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
