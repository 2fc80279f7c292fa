"use client";

import { FieldError, Form, linesOf, useFieldError } from "../ui/form";
import { data } from "@/lib/api";
import { replaceMemberPermissions } from "@/lib/client/sdk.gen";
import type { MemberDetails, TenantPermissionRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { tenants } from "@/lib/messages/tenants";
import { heldBy, tenantKey, type Inside } from "@/lib/tenants";

interface SingleRightsProps {
  inside: Inside;
  member: MemberDetails;
  permissions: TenantPermissionRead[];
}

/** Rights that a member holds beside their role. What whoever looks lacks stays as it is. */
export function SingleRights({ inside: { tenant, me, may }, member, permissions }: SingleRightsProps) {
  const { t } = useWords(tenants);
  const byRole = heldBy(member.role, permissions);
  const beside = permissions.filter(({ code }) => !byRole.includes(code));
  const mine = beside.filter(({ code }) => me.role === "owner" || may(code));
  const kept = member.permissions.filter((code) => !mine.some((each) => each.code === code));
  if (mine.length === 0) {
    return (
      <section>
        <h3 className="text-20 font-semibold">{t("single")}</h3>
        <p className="mt-2 text-quiet">{t(beside.length ? "singleHelp" : "singleNone")}</p>
      </section>
    );
  }
  return (
    <Form
      label={t("single")}
      action={t("saveRights")}
      look="plain"
      send={({ permissions: chosen }) =>
        data(
          replaceMemberPermissions({
            path: { tenant_id: tenant.id, user_id: member.user_id },
            body: { permissions: [...kept, ...linesOf(chosen)] },
          }),
        )
      }
      invalidates={[tenantKey(tenant.id)]}
    >
      <Rights all={mine} chosen={member.permissions} />
    </Form>
  );
}

function Rights({ all, chosen }: { all: readonly TenantPermissionRead[]; chosen: readonly string[] }) {
  const { t } = useWords(tenants);
  const { error, forget } = useFieldError("permissions");
  return (
    <fieldset aria-describedby={error ? "rights-error" : undefined}>
      <legend className="mb-1 text-20 font-semibold">{t("single")}</legend>
      <p className="mb-2 text-15 text-quiet">{t("singleHelp")}</p>
      <ul>
        {all.map(({ code, description }) => (
          <li key={code}>
            <label className="flex min-h-11 items-center gap-3">
              <input
                type="checkbox"
                name="permissions"
                value={code}
                defaultChecked={chosen.includes(code)}
                onInput={forget}
                aria-invalid={error ? true : undefined}
                className="size-5 shrink-0 accent-press"
              />
              {description}
            </label>
          </li>
        ))}
      </ul>
      <FieldError id="rights-error" error={error} />
    </fieldset>
  );
}
