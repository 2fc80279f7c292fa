/** The parts of a team: each has a page of its own, and a tab on all of them. */
import type { TenantKey } from "./messages/tenants";

export interface TenantSection {
  /** Below `/tenant`. */
  path: string;
  name: TenantKey;
  /** What an application calls it, where its pages are: then `of` names them. */
  title?: string;
  of?: string;
  /** The permission inside the team without which the service shows nothing of it. */
  permission?: string;
  /** For owners alone. */
  owners?: true;
  /** It is there in a team that an owner closed. */
  whenClosed?: true;
}

export const OVERVIEW: TenantSection = { path: "", name: "overview", whenClosed: true };
export const MEMBERS: TenantSection = { path: "/members", name: "members", permission: "view_users" };
export const ROLES_HELD: TenantSection = { path: "/roles", name: "roles", permission: "view_users" };
export const INVITATIONS: TenantSection = { path: "/invitations", name: "invitations", permission: "manage_users" };
export const ACTIVITY: TenantSection = { path: "/activity", name: "activity", permission: "view_analytics" };
export const OWNERSHIP: TenantSection = { path: "/ownership", name: "ownership", permission: "manage_tenant", owners: true };
export const SETTINGS: TenantSection = { path: "/settings", name: "settings", permission: "manage_tenant", whenClosed: true };

export const TENANT_SECTIONS: readonly TenantSection[] = [OVERVIEW, MEMBERS, ROLES_HELD, INVITATIONS, ACTIVITY, OWNERSHIP, SETTINGS];

const ROWS = ["/rows", "/row"];
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const isId = (text: string): boolean => ID.test(text);

/** The address of a page of a team, after the language. */
export function tenantPath(id: string, path = "", more: Record<string, string> = {}): string {
  return `/tenant${path}?${new URLSearchParams({ id, ...more })}`;
}

/** The address of a part of a team. */
export const sectionPath = (id: string, { path, of }: TenantSection): string => tenantPath(id, path, of ? { of } : {});

/** Where the same page of another team is: its list begins anew, and what is one member's or row's leads to all of them. */
export function samePage(here: string, id: string, of: string | null = null): string {
  const found = /^\/[a-z]+\/tenant(\/[a-z]+)?/.exec(here)?.[1] ?? "";
  if (of && ROWS.includes(found)) return tenantPath(id, "/rows", { of });
  return tenantPath(id, TENANT_SECTIONS.some(({ path }) => path === found) ? found : found === "/member" ? MEMBERS.path : found === "/invite" ? INVITATIONS.path : "");
}
