/** The rooms of the administration: the rail beside its pages, and the lines of its first page. */
import type { AdministrationKey } from "./messages/administration";

export interface Section {
  /** Below `/administration/`. */
  path: string;
  name: AdministrationKey;
  about: AdministrationKey;
  /** The permission without which the service shows nothing of it. */
  permission: string;
}

export const SECTIONS: readonly Section[] = [
  { path: "users", name: "users", about: "usersAbout", permission: "users.view" },
  { path: "groups", name: "groups", about: "groupsAbout", permission: "groups.view" },
  { path: "activity", name: "activity", about: "activityAbout", permission: "activity.view" },
  { path: "jobs", name: "jobs", about: "jobsAbout", permission: "tasks.view" },
  { path: "messages", name: "messages", about: "messagesAbout", permission: "messages.view" },
  { path: "tiers", name: "tiers", about: "tiersAbout", permission: "tiers.view" },
];
