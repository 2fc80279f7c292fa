"use client";

import { createContext, useContext, useMemo } from "react";
import { en, type Key, type Messages } from "./messages/en";
import { id } from "./messages/id";
import type { Language } from "./languages";

const MESSAGES: Record<Language, Messages> = { en, id };

const Context = createContext<Language>("en");

export function LanguageProvider({ language, children }: { language: Language; children: React.ReactNode }) {
  return <Context value={language}>{children}</Context>;
}

/** The language of the page, its words, and how it writes numbers and days. */
export function useWords() {
  const language = useContext(Context);
  return useMemo(() => {
    const number = new Intl.NumberFormat(language);
    const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
    return {
      language,
      t: (key: Key, values: Record<string, string | number> = {}) =>
        MESSAGES[language][key].replace(/\{(\w+)\}/g, (_, name: string) => {
          const value = values[name] ?? "";
          return typeof value === "number" ? number.format(value) : value;
        }),
      day: (date: string) => day.format(new Date(`${date}T00:00:00Z`)),
      number: (value: number) => number.format(value),
    };
  }, [language]);
}
