"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { SECTIONS } from "@/lib/account-sections";
import { SECTIONS as ROOMS } from "@/lib/administration-sections";
import { useWords } from "@/lib/i18n";
import { LANGUAGES, NAMES } from "@/lib/languages";
import { account } from "@/lib/messages/account";
import { administration } from "@/lib/messages/administration";
import { palette } from "@/lib/messages/palette";
import { shell } from "@/lib/messages/shell";
import { tenants } from "@/lib/messages/tenants";
import type { Option } from "@/lib/palette";
import { placesOf } from "@/lib/places";
import { writeSearch } from "@/lib/search-url";
import { useSite } from "@/lib/site";
import { isId, samePage, sectionPath } from "@/lib/tenant-sections";
import { hasSection, useInside, useTenantSections, useTenants } from "@/lib/tenants";
import { THEMES, readTheme, writeTheme } from "@/lib/theme";
import { useMay, useSession } from "@/lib/use-session";

export interface PaletteOption extends Option {
  act: () => void;
  /** Beside its name: what it is now. */
  note?: string;
  /** It leads to another page. */
  leaves?: boolean;
  signsOut?: boolean;
}

const CHECK = "✓";
const THEME_WORDS = { system: "themeSystem", light: "themeLight", dark: "themeDark" } as const;

/** What whoever looks may go to and do here. */
export function usePaletteOptions(typed: string): PaletteOption[] {
  const { t, language } = useWords(palette);
  const { t: ofAccount } = useWords(account);
  const { t: ofRooms } = useWords(administration);
  const { t: ofTeams } = useWords(tenants);
  const router = useRouter();
  const path = usePathname();
  const query = useSearchParams().toString();
  const here = path + (query && `?${query}`);
  const { status } = useSession();
  const signedIn = status === "in" || status === "ended";
  const may = useMay();
  const { data: site } = useSite();
  const { data: mine = [] } = useTenants();
  const id = new URLSearchParams(query).get("id") ?? "";
  const of = new URLSearchParams(query).get("of");
  const tenant = path.startsWith(`/${language}/tenant`) && isId(id) ? id : "";
  const { inside } = useInside(tenant);
  const sections = useTenantSections();

  const to = (group: string, name: string, address: string, also = "", note = ""): PaletteOption => ({
    id: `${group} ${address}`.replace(/\s/g, "_"),
    group,
    name,
    also,
    note,
    leaves: true,
    act: () => router.push(`/${language}${address}`),
  });
  const pages = [
    to(t("pages"), t("home"), "", shell.en.home as string),
    ...(site?.applications.flatMap(({ navigation, title }) => navigation.filter(({ permission }) => !permission || may(permission)).map((page) => to(t("pages"), page.title, page.path, `${title} ${page.meaning}`))) ?? []),
  ];
  if (!signedIn) pages.push(...[["signIn", `/sign-in?return=${encodeURIComponent(here)}`] as const, ["signUp", "/sign-up"] as const].map(([name, address]) => to(t("pages"), t(name), address, shell.en[name] as string)));
  if (signedIn) {
    pages.push(...placesOf(may).map(({ path, name }) => to(t("pages"), t(name), path, shell.en[name] as string)));
    if (may("tenants.create")) pages.push(to(t("pages"), ofTeams("teamNew"), "/tenants/new", tenants.en.teamNew as string));
    pages.push(...SECTIONS.map(({ path, name }) => to(t("account"), ofAccount(name), `/account/${path}`, `${shell.en.account as string} ${account.en[name] as string}`)));
    const rooms = ROOMS.filter(({ permission }) => may(permission));
    pages.push(...rooms.map(({ path, name }) => to(t("administration"), ofRooms(name), `/administration/${path}`, `${shell.en.administration as string} ${administration.en[name] as string}`)));
  }
  const parts = inside ? sections.filter((section) => hasSection(inside, section)) : [];
  const team = parts.map((section) =>
    to(`${t("thisTeam")}: ${inside?.tenant.name ?? ""}`, section.title ?? ofTeams(section.name), sectionPath(tenant, section), tenants.en[section.name] as string),
  );
  const teams = mine.map(({ id, name, role }) => to(t("tenants"), name, samePage(path, id, of), shell.en.tenants as string, id === tenant ? CHECK : ofTeams(`role_${role}`)));
  const languages = LANGUAGES.map(
    (each): PaletteOption => ({
      id: `language-${each}`,
      group: t("language"),
      name: NAMES[each],
      also: shell.en.language as string,
      note: each === language ? CHECK : "",
      leaves: true,
      act: () => router.push(here.replace(/^\/[a-z]+/, `/${each}`)),
    }),
  );
  const theme = readTheme();
  const themes = THEMES.map(
    (each): PaletteOption => ({
      id: `theme-${each}`,
      group: t("theme"),
      name: t(THEME_WORDS[each]),
      also: `${shell.en.theme as string} ${shell.en[THEME_WORDS[each]] as string}`,
      note: each === theme ? CHECK : "",
      act: () => writeTheme(each),
    }),
  );
  const out: PaletteOption = { id: "sign-out", group: t("account"), name: t("signOut"), also: shell.en.signOut as string, leaves: true, signsOut: true, act: () => {} };
  const searching: PaletteOption = {
    ...to(t("searching"), t("searchFor", { text: typed }), `/search${writeSearch({ query: typed })}`),
    id: "search",
    always: true,
  };
  const searches = site?.applications.some(({ name }) => name === "courtsight");
  return [...pages, ...team, ...teams, ...languages, ...themes, ...(signedIn ? [out] : []), ...(searches && typed ? [searching] : [])];
}
