"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useEffect, useState } from "react";
import { Dialog } from "../ui/dialog";
import { Menu, MenuButton, MenuChoice, MenuLink } from "../ui/menu";
import { Refusal } from "../ui/notices";
import { useWords } from "@/lib/i18n";
import { LANGUAGES, NAMES } from "@/lib/languages";
import { palette } from "@/lib/messages/palette";
import { placesOf } from "@/lib/places";
import { signOut } from "@/lib/session";
import { PALETTE, paletteKeys } from "@/lib/shortcuts";
import { THEMES, readTheme, writeTheme, type Theme } from "@/lib/theme";
import { useMay, useMe, useSession } from "@/lib/use-session";
import { useSend } from "@/lib/use-send";

/** Who is signed in and where they can go; language and theme for everybody. It comes when it is opened for the first time. */
export function AccountMenuPopup({ label }: { label: React.ReactNode }) {
  const { t, language } = useWords();
  const { t: toPalette } = useWords(palette);
  const { status } = useSession();
  const { data: me } = useMe();
  const may = useMay();
  const router = useRouter();
  const path = usePathname();
  const query = useSearchParams().toString();
  const [theme, setTheme] = useState<Theme>("system");
  useEffect(() => setTheme(readTheme()), []);
  const leaving = useSend({ send: signOut });
  const here = path + (query && `?${query}`);
  const signedIn = status === "in" || status === "ended";
  const places = placesOf(may);

  return (
    <>
      <Menu label={label} startsOpen>
        {signedIn && me && (
          <>
            <p className="px-4 py-2 text-13 text-quiet">{t("signedInAs", { name: me.username })}</p>
            {places.map(({ path, name }) => (
              <MenuLink key={path} href={`/${language}${path}`}>
                {t(name)}
              </MenuLink>
            ))}
          </>
        )}
        <MenuButton press={() => dispatchEvent(new Event(PALETTE))}>
          <span className="flex-1">{toPalette("title")}</span>
          <kbd className="text-13 text-quiet">{paletteKeys()}</kbd>
        </MenuButton>
        <MenuChoice
          label={t("language")}
          value={language}
          choices={LANGUAGES.map((each) => [each, NAMES[each]] as const)}
          choose={(chosen) => router.push(here.replace(/^\/[a-z]+/, `/${chosen}`))}
        />
        <MenuChoice
          label={t("theme")}
          value={theme}
          choices={THEMES.map((each) => [each, t(({ system: "themeSystem", light: "themeLight", dark: "themeDark" } as const)[each])] as const)}
          choose={(chosen) => {
            setTheme(chosen as Theme);
            writeTheme(chosen as Theme);
          }}
        />
        {signedIn && (
          <div className="border-t border-line pt-1">
            <MenuButton press={() => void leaving.send()}>{t("signOut")}</MenuButton>
          </div>
        )}
      </Menu>
      <Dialog title={t("signOut")} open={!!leaving.trouble} close={leaving.reset}>
        {leaving.trouble && <Refusal trouble={leaving.trouble} />}
      </Dialog>
    </>
  );
}
