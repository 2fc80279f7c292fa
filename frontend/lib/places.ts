/** Where a person who is signed in can go from everywhere: the account menu, and on phones the bar below. */
import { SECTIONS } from "./administration-sections";
import type { ShellKey } from "./messages/shell";

export interface Place {
  /** Below the language: `/account`. */
  path: string;
  name: ShellKey;
  /** What it is called where there is little room. */
  short?: ShellKey;
  shape: string;
  /** What addresses of its pages begin with, where that is not `path`. */
  begins?: string;
  /** The permissions of which one is enough; without any it is everybody's. */
  permissions?: readonly string[];
}

/** The bar shows the first four, after the search. */
export const PLACES: readonly Place[] = [
  { path: "/account", name: "account", shape: "◔" },
  { path: "/tenants", name: "tenants", shape: "◫", begins: "/tenant" },
  { path: "/administration", name: "administration", short: "admin", shape: "☰", permissions: SECTIONS.map(({ permission }) => permission) },
];

/** The places of a person who may do what `may` says. */
export function placesOf(may: (permission: string) => boolean): readonly Place[] {
  return PLACES.filter(({ permissions }) => !permissions || permissions.some(may));
}
