"use client";

import { useEffect, useState } from "react";
import { useWords } from "@/lib/i18n";

const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];
const NAMES = { system: "themeSystem", light: "themeLight", dark: "themeDark" } as const;

function read(): Theme {
  try {
    const theme = localStorage.getItem("theme");
    return theme === "light" || theme === "dark" ? theme : "system";
  } catch {
    return "system"; // storage is shut
  }
}

export function ThemeSwitch() {
  const { t } = useWords();
  const [theme, setTheme] = useState<Theme>("system");
  useEffect(() => setTheme(read()), []);
  function choose(chosen: Theme) {
    setTheme(chosen);
    if (chosen === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen;
    try {
      if (chosen === "system") localStorage.removeItem("theme");
      else localStorage.setItem("theme", chosen);
    } catch {
      // Storage is shut: the choice lasts as long as the page.
    }
  }
  return (
    <label className="flex items-center gap-2">
      <span className="sr-only">{t("theme")}</span>
      <select
        value={theme}
        onChange={(event) => choose(event.target.value as Theme)}
        className="rounded border border-line bg-paper px-2 py-1 text-15 text-ink"
      >
        {THEMES.map((each) => (
          <option key={each} value={each}>
            {t(NAMES[each])}
          </option>
        ))}
      </select>
    </label>
  );
}
