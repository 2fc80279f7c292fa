"use client";

import { useRouter } from "next/navigation";
import { TenantPage } from "./tenant-page";
import { ButtonLink } from "../ui/button";
import { Choice, Field, Form } from "../ui/form";
import { data } from "@/lib/api";
import { inviteMember } from "@/lib/client/sdk.gen";
import { useWords } from "@/lib/i18n";
import { tenants } from "@/lib/messages/tenants";
import { INVITATIONS, tenantPath } from "@/lib/tenant-sections";
import { heldBy, tenantKey, usePermissions, type Inside } from "@/lib/tenants";
import { tellThere } from "@/lib/told";

const INVITED = ["member", "admin"] as const;

/** Asks somebody to join a team. */
export function Invite() {
  return <TenantPage section={INVITATIONS}>{(inside) => <Letter inside={inside} />}</TenantPage>;
}

function Letter({ inside: { tenant, me, may } }: { inside: Inside }) {
  const { t, language } = useWords(tenants);
  const router = useRouter();
  const { data: permissions } = usePermissions(tenant.id);
  const roles = INVITED.filter((role) => role === "member" || me.role === "owner" || (permissions && heldBy(role, permissions).every(may)));
  const list = `/${language}${tenantPath(tenant.id, INVITATIONS.path)}`;
  return (
    <section>
      <h2 className="py-4 font-serif text-26 font-semibold">{t("invite")}</h2>
      <p className="mb-6 max-w-read text-quiet">{t("inviteAbout")}</p>
      <Form
        action={t("inviteSend")}
        said=""
        send={({ email = "", role }, key) =>
          data(
            inviteMember({
              path: { tenant_id: tenant.id },
              body: { email: email.trim(), role: role as (typeof INVITED)[number] },
              headers: { "Idempotency-Key": key },
            }),
          )
        }
        done={({ email }) => {
          tellThere(t("sentTo", { email }));
          router.push(list);
        }}
        invalidates={[
          [...tenantKey(tenant.id), "invitations"],
          [...tenantKey(tenant.id), "roles"],
        ]}
        beside={<ButtonLink href={list}>{t("cancel")}</ButtonLink>}
      >
        <Field name="email" type="email" dir="ltr" label={t("email")} autoComplete="off" autoCapitalize="none" spellCheck={false} required autoFocus />
        <Choice name="role" label={t("role")} choices={roles.map((role) => [role, t(`role_${role}`)] as const)} defaultValue="member" />
      </Form>
    </section>
  );
}
