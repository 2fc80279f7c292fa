"use client";

import { useRouter } from "next/navigation";
import { AccountPage, WithMe } from "./account-page";
import { Choice, Form } from "../ui/form";
import { data } from "@/lib/api";
import { updateSettings } from "@/lib/client/sdk.gen";
import type { SettingsUpdate, UserRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { LANGUAGES, NAMES } from "@/lib/languages";
import { account } from "@/lib/messages/account";
import { writeTheme } from "@/lib/theme";

export function Preferences() {
  return (
    <AccountPage title="preferences">
      <WithMe>{(me) => <Choices me={me} />}</WithMe>
    </AccountPage>
  );
}

function zones(present: string): [string, string][] {
  const all = new Set(["UTC", ...Intl.supportedValuesOf("timeZone"), present]);
  return [...all].sort().map((zone) => [zone, zone.replaceAll("_", " ")]);
}

function Choices({ me }: { me: UserRead }) {
  const { t, language } = useWords(account);
  const router = useRouter();
  const spoken = LANGUAGES.some((each) => each === me.language) ? me.language : language;
  return (
    <Form
      send={(values) => data(updateSettings({ body: values as SettingsUpdate }))}
      invalidates={[["me"]]}
      done={({ theme, language: chosen }) => {
        writeTheme(theme === "dynamic" ? "system" : theme);
        if (chosen !== language && LANGUAGES.some((each) => each === chosen)) router.replace(`/${chosen}/account/preferences`);
      }}
    >
      <Choice name="language" label={t("language")} help={t("languageHelp")} choices={LANGUAGES.map((each) => [each, NAMES[each]] as const)} defaultValue={spoken} />
      <Choice name="timezone" label={t("timezone")} choices={zones(me.timezone)} defaultValue={me.timezone} />
      <Choice
        name="theme"
        label={t("theme")}
        help={t("themeHelp")}
        choices={[
          ["dynamic", t("themeSystem")],
          ["light", t("themeLight")],
          ["dark", t("themeDark")],
        ]}
        defaultValue={me.theme}
      />
      <Choice
        name="profile_accessibility"
        label={t("visible")}
        choices={[
          ["private", t("visible_private")],
          ["public", t("visible_public")],
        ]}
        defaultValue={me.profile_accessibility}
      />
    </Form>
  );
}
