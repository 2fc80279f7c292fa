/** The parts of "my account": each has a page of its own, and a line on its first page. */
import type { AccountKey } from "./messages/account";

export interface Section {
  /** Below `/account/`. */
  path: string;
  name: AccountKey;
  about: AccountKey;
}

export const SECTIONS: readonly Section[] = [
  { path: "profile", name: "profile", about: "profileAbout" },
  { path: "contacts", name: "contacts", about: "contactsAbout" },
  { path: "preferences", name: "preferences", about: "preferencesAbout" },
  { path: "password", name: "password", about: "passwordAbout" },
  { path: "passkeys", name: "passkeys", about: "passkeysAbout" },
  { path: "second-factor", name: "factor", about: "factorAbout" },
  { path: "identities", name: "identities", about: "identitiesAbout" },
  { path: "devices", name: "devices", about: "devicesAbout" },
  { path: "keys", name: "keys", about: "keysAbout" },
  { path: "activity", name: "activity", about: "activityAbout" },
  { path: "data", name: "data", about: "dataAbout" },
];
