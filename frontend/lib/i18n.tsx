"use client";

import { createContext, useContext, useMemo } from "react";
import { direction, type Language } from "./languages";
import { shell, type ShellKey } from "./messages/shell";
import { say, type Values, type Words } from "./words";

const [ISOLATE, END] = ["\u2066", "\u2069"]; // English keeps its order in a line that runs the other way

const Context = createContext<{ language: Language; timeZone: string | undefined }>({ language: "en", timeZone: undefined });

export function LanguageProvider({ language, timeZone, children }: { language: Language; timeZone?: string; children: React.ReactNode }) {
  const value = useMemo(() => ({ language, timeZone }), [language, timeZone]);
  return <Context value={value}>{children}</Context>;
}

function speak<K extends string>(language: Language, timeZone: string | undefined, room?: Words<K>) {
  const number = new Intl.NumberFormat(language);
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
  const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  const shortDay = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: "UTC" });
  const moment = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", ...(timeZone && { timeZone }) });
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
    timeZone: timeZone ?? moment.resolvedOptions().timeZone,
    /** A day such as `2014-06-23`. */
    day: (date: string) => day.format(new Date(`${date}T00:00:00Z`)),
    /** A day without its year, where there is little room. */
    shortDay: (date: string) => shortDay.format(new Date(`${date}T00:00:00Z`)),
    /** A moment (RFC 3339), in the person's time zone. */
    moment: (time: string) => moment.format(new Date(time)),
    number: (value: number) => number.format(value),
    percent: (share: number) => percent.format(share),
  };
}

/** The language of the page, the words of a room and of the shell, and how it writes numbers and days. */
export function useWords<K extends string = never>(room?: Words<K>) {
  const { language, timeZone } = useContext(Context);
  return useMemo(() => speak(language, timeZone, room), [language, timeZone, room]);
}
