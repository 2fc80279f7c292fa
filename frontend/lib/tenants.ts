"use client";

/** The team that a page is about, as its address names it, and what the person who looks may do there. */
import { useQuery, type QueryKey } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { Trouble, data } from "./api";
import { listTenantPermissions, listTenants, readOwnMembership, readTenant } from "./client/sdk.gen";
import type { ListedTenant, MemberDetails, OwnTenant, Role, TenantPermissionRead } from "./client/types.gen";
import { isGone } from "./gone";
import { useSite } from "./site";
import { OVERVIEW, TENANT_SECTIONS, isId, type TenantSection } from "./tenant-sections";
import { useSession } from "./use-session";

export const ROLES = ["member", "admin", "owner"] as const satisfies readonly Role[];
export const TENANTS_KEY = ["tenants"];

export const tenantKey = (id: string): QueryKey => ["tenant", id];

/** The id that the address names; `""` where it names none that could be one. */
export function useTenantId(): string {
  const id = useSearchParams().get("id") ?? "";
  return isId(id) ? id : "";
}

export function useTenant(id: string) {
  const { status } = useSession();
  return useQuery({
    queryKey: [...tenantKey(id), "itself"],
    enabled: status === "in" && id !== "",
    queryFn: ({ signal }) => data(readTenant({ path: { tenant_id: id }, signal })),
  });
}

export function useMembership(id: string) {
  const { status } = useSession();
  return useQuery({
    queryKey: [...tenantKey(id), "me"],
    enabled: status === "in" && id !== "",
    queryFn: ({ signal }) => data(readOwnMembership({ path: { tenant_id: id }, signal })),
  });
}

/** What everybody may hold in a team, by code, in the language of the page. */
export function usePermissions(id: string) {
  return useQuery({
    queryKey: [...tenantKey(id), "permissions"],
    queryFn: async ({ signal }) => (await data(listTenantPermissions({ path: { tenant_id: id }, signal }))).permissions,
  });
}

/** The first of somebody's teams, for what has room for some. */
export function useTenants(enabled = true) {
  const { status } = useSession();
  return useQuery({
    queryKey: [...TENANTS_KEY, "some"],
    enabled: enabled && status === "in",
    queryFn: async ({ signal }): Promise<ListedTenant[]> => (await data(listTenants({ query: { page: 1, items_per_page: 100 }, signal }))).data,
  });
}

/** A team that is open to whoever looks, and they as its member. */
export interface Inside {
  tenant: OwnTenant;
  me: MemberDetails;
  may: (permission: string) => boolean;
}

/** What a section shows to a member: undefined until it is known. With both, `error` is that of a refresh that failed. */
export function useInside(id: string): { inside?: Inside; error: Error | null; again: () => void } {
  const [tenant, me] = [useTenant(id), useMembership(id)];
  const error = id === "" ? new Trouble(404, {}, null, null) : (tenant.error ?? me.error);
  const again = () => void Promise.all([tenant.refetch(), me.refetch()]);
  if (!tenant.data || !me.data || isGone(error)) return { error, again };
  const held = new Set(me.data.effective);
  return { inside: { tenant: tenant.data, me: me.data, may: (permission) => held.has(permission) }, error, again };
}

/** Whether a section is there for a member: closed teams have none where one works. */
export function hasSection({ tenant, me, may }: Inside, { permission, owners, whenClosed }: TenantSection): boolean {
  return (tenant.status === "active" || !!whenClosed) && (!permission || may(permission)) && (!owners || me.role === "owner");
}

/** The codes that a role holds. */
export function heldBy(role: Role, permissions: readonly TenantPermissionRead[]): string[] {
  const rank = ROLES.indexOf(role);
  return permissions.filter((each) => ROLES.indexOf(each.role) <= rank).map(({ code }) => code);
}

/** The parts of a team: what it is, what applications keep for it, and who is in it. */
export function useTenantSections(): readonly TenantSection[] {
  const { data: site } = useSite();
  const pages = site?.applications.flatMap(({ inside }) => inside) ?? [];
  const own = pages.map(({ of, title, permission }): TenantSection => ({ path: "/rows", name: "parts", title, of, permission: permission ?? undefined }));
  return [OVERVIEW, ...own, ...TENANT_SECTIONS.slice(1)];
}
