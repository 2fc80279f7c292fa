"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter, useSearchParams } from "next/navigation";
import { Leave } from "./leave";
import { SingleRights } from "./single-rights";
import { TenantPage } from "./tenant-page";
import { Back } from "../ui/back";
import { Confirm } from "../ui/dialog";
import { Facts } from "../ui/facts";
import { Choice, Form } from "../ui/form";
import { NotRefreshed } from "../ui/loaded";
import { Broken, Skeleton } from "../ui/notices";
import { Trouble, data } from "@/lib/api";
import { deleteMember, readMember, updateMember } from "@/lib/client/sdk.gen";
import type { MemberDetails, Role, TenantPermissionRead } from "@/lib/client/types.gen";
import { isGone } from "@/lib/gone";
import { useWords } from "@/lib/i18n";
import { tenants } from "@/lib/messages/tenants";
import { ACTIVITY, MEMBERS, isId, tenantPath } from "@/lib/tenant-sections";
import { ROLES, heldBy, tenantKey, usePermissions, type Inside } from "@/lib/tenants";
import { tellThere } from "@/lib/told";

/** A member: what they may do, and what whoever looks may change of it. */
export function MemberPage() {
  return <TenantPage section={MEMBERS}>{(inside) => <Found inside={inside} />}</TenantPage>;
}

function Found({ inside }: { inside: Inside }) {
  const { t, language } = useWords(tenants);
  const { tenant } = inside;
  const user = useSearchParams().get("user") ?? "";
  const known = isId(user);
  const member = useQuery({
    queryKey: [...tenantKey(tenant.id), "member", user],
    enabled: known,
    queryFn: ({ signal }) => data(readMember({ path: { tenant_id: tenant.id, user_id: user }, signal })),
  });
  const permissions = usePermissions(tenant.id);
  const error = known ? (member.error ?? permissions.error) : new Trouble(404, {}, null, null);
  const back = (
    <p className="pt-2 text-15">
      <Back href={`/${language}${tenantPath(tenant.id, MEMBERS.path)}`} name={t("members")} />
    </p>
  );
  if (error instanceof Trouble && error.status === 404) {
    return (
      <>
        {back}
        <p className="py-10">{t("memberMissing")}</p>
      </>
    );
  }
  const again = () => void Promise.all([member.refetch(), permissions.refetch()]);
  if (error && (!member.data || !permissions.data || isGone(error))) return <Broken error={error} again={again} />;
  if (!member.data || !permissions.data) return <Skeleton rows={4} />;
  return (
    <>
      {back}
      {error && <NotRefreshed error={error} again={again} />}
      <Member key={member.data.user_id} inside={inside} member={member.data} permissions={permissions.data} />
    </>
  );
}

interface MemberProps {
  inside: Inside;
  member: MemberDetails;
  permissions: TenantPermissionRead[];
}

function Member({ inside, member, permissions }: MemberProps) {
  const { t, language, moment } = useWords(tenants);
  const { tenant, me, may } = inside;
  const own = member.user_id === me.user_id;
  const name = member.name || member.username;
  // Nobody touches who holds more than they do, and owners are the owners' to touch.
  const below = me.role === "owner" || (member.role !== "owner" && member.effective.every(may));
  return (
    <>
      <h2 className="py-4 font-serif text-26 font-semibold">
        <bdi dir="auto">{name}</bdi>
      </h2>
      <div className="flex flex-col gap-12 tablet:flex-row-reverse tablet:justify-between">
        <Facts
          label={t("person")}
          className="tablet:w-80"
          rows={[
            [t("person"), member.username],
            [t("role"), t(`role_${member.role}`)],
            [t("joined"), moment(member.joined_at)],
            [
              t("activity"),
              may("view_analytics") && (
                <Link key="activity" href={`/${language}${tenantPath(tenant.id, ACTIVITY.path, { user_id: member.user_id })}`} prefetch={false}>
                  {t("whatTheyDid")}
                </Link>
              ),
            ],
          ]}
        />
        <div className="flex max-w-read flex-1 flex-col gap-12">
          <Holds member={member} permissions={permissions} />
          {below && may("assign_roles") && <RoleForm {...{ inside, member, permissions, own }} />}
          {below && !own && may("manage_permissions") && <SingleRights {...{ inside, member, permissions }} />}
          {own ? (
            <div>
              <Leave tenant={tenant} />
            </div>
          ) : (
            below && may("manage_users") && <Remove inside={inside} member={member} name={name} />
          )}
        </div>
      </div>
    </>
  );
}

/** All that a member may do, in words, and by what. */
function Holds({ member, permissions }: Omit<MemberProps, "inside">) {
  const { t } = useWords(tenants);
  const byRole = new Set(heldBy(member.role, permissions));
  const held = permissions.filter(({ code }) => member.effective.includes(code));
  return (
    <section>
      <h3 className="text-20 font-semibold">{t("holds")}</h3>
      <ul className="mt-2">
        {held.map(({ code, description }) => (
          <li key={code} className="border-b border-line py-2 last:border-b-0">
            {description} <span className="text-15 text-quiet">{byRole.has(code) ? t("byRole") : t("bySingle")}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function RoleForm({ inside: { tenant, me, may }, member, permissions, own }: MemberProps & { own: boolean }) {
  const { t } = useWords(tenants);
  const gives = (role: Role) =>
    me.role === "owner" || (role !== "owner" && heldBy(role, permissions).every(may) && (!own || ROLES.indexOf(role) <= ROLES.indexOf(member.role)));
  const choices = ROLES.filter((role) => role === member.role || gives(role));
  if (choices.length < 2) return null;
  return (
    <Form
      label={t("changeRole")}
      send={({ role }) => data(updateMember({ path: { tenant_id: tenant.id, user_id: member.user_id }, body: { role: role as Role } }))}
      invalidates={[tenantKey(tenant.id), ["tenants"]]}
    >
      <Choice
        name="role"
        label={t("changeRole")}
        help={own ? t("ownRoleHelp") : t("roleHelp")}
        choices={choices.map((role) => [role, t(`role_${role}`)] as const)}
        defaultValue={member.role}
      />
    </Form>
  );
}

function Remove({ inside: { tenant }, member, name }: { inside: Inside; member: MemberDetails; name: string }) {
  const { t, language } = useWords(tenants);
  const router = useRouter();
  const queries = useQueryClient();
  return (
    <div>
      <Confirm
        label={t("removeMember")}
        title={t("removeTitle", { name, team: tenant.name })}
        text={t("removeText")}
        action={t("removeAction")}
        send={() => data(deleteMember({ path: { tenant_id: tenant.id, user_id: member.user_id } }))}
        done={() => {
          tellThere(t("removed", { name }));
          router.push(`/${language}${tenantPath(tenant.id, MEMBERS.path)}`);
          return queries.invalidateQueries({ queryKey: [...tenantKey(tenant.id), "member", member.user_id], refetchType: "none" });
        }}
        invalidates={[...["members", "people", "helpers", "invitations", "roles", "activity"].map((part) => [...tenantKey(tenant.id), part]), ["tenants"]]}
      />
    </div>
  );
}
