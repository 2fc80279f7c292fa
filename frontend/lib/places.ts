/** Where a person who is signed in can go from everywhere: the account menu, and on phones the bar below. */
import type { ShellKey } from "./messages/shell";

export interface Place {
  /** Below the language: `/account`. */
  path: string;
  name: ShellKey;
  shape: string;
  /** What addresses of its pages begin with, where that is not `path`. */
  begins?: string;
  /** The permission that it is for; without one it is everybody's. */
  permission?: string;
}

/** The bar shows the first four, after the search. */
export const PLACES: readonly Place[] = [
  { path: "/account", name: "account", shape: "◔" },
  { path: "/tenants", name: "tenants", shape: "◫", begins: "/tenant" },
];
