"use client";

import { createContext, useContext, useMemo } from "react";
import { dateFormat, numberFormat, timeZoneHere } from "./formats";
import { direction, type Language } from "./languages";
import { shell, type ShellKey } from "./messages/shell";
import { say, type Values, type Words } from "./words";

const [ISOLATE, END] = ["\u2066", "\u2069"]; // English keeps its order in a line that runs the other way

const PERCENT = { style: "percent", maximumFractionDigits: 1 } as const;
const DAY = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" } as const;
const SHORT_DAY = { day: "numeric", month: "short", timeZone: "UTC" } as const;
const MOMENT = { dateStyle: "medium", timeStyle: "short" } as const;

const Context = createContext<{ language: Language; timeZone: string | undefined }>({ language: "en", timeZone: undefined });

export function LanguageProvider({ language, timeZone, children }: { language: Language; timeZone?: string; children: React.ReactNode }) {
  const value = useMemo(() => ({ language, timeZone }), [language, timeZone]);
  return <Context value={value}>{children}</Context>;
}

function speak<K extends string>(language: Language, timeZone: string | undefined, room?: Words<K>) {
  function t(key: K | ShellKey, values: Values = {}): string {
    const own = room?.[language]?.[key as K] ?? shell[language]?.[key as ShellKey];
    if (own !== undefined) return say(own, values, language);
    const english = say(room?.en[key as K] ?? shell.en[key as ShellKey], values, "en");
    return direction(language) === "rtl" ? `${ISOLATE}${english}${END}` : english;
  }
  return {
    language,
    t,
    /** Where the person is. */
    get timeZone() {
      return timeZone ?? timeZoneHere();
    },
    /** A day such as `2014-06-23`. */
    day: (date: string) => dateFormat(language, DAY).format(new Date(`${date}T00:00:00Z`)),
    /** A day without its year, where there is little room. */
    shortDay: (date: string) => dateFormat(language, SHORT_DAY).format(new Date(`${date}T00:00:00Z`)),
    /** A moment (RFC 3339), in the person's time zone. */
    moment: (time: string) => dateFormat(language, { ...MOMENT, ...(timeZone && { timeZone }) }).format(new Date(time)),
    number: (value: number) => numberFormat(language).format(value),
    percent: (share: number) => numberFormat(language, PERCENT).format(share),
  };
}

/** The language of the page, the words of a room and of the shell, and how it writes numbers and days. */
export function useWords<K extends string = never>(room?: Words<K>) {
  const { language, timeZone } = useContext(Context);
  return useMemo(() => speak(language, timeZone, room), [language, timeZone, room]);
}
