import type { Metadata } from "next";
import type { Language } from "./languages";
import { say, type Words } from "./words";

/** The title of a page in its language: `export const generateMetadata = titled(shell, "signIn")`. */
export function titled<K extends string>(room: Words<K>, key: K) {
  return async ({ params }: { params: Promise<{ lang: string }> }): Promise<Metadata> => {
    const language = (await params).lang as Language;
    return { title: say(room[language]?.[key] ?? room.en[key], {}, language) };
  };
}
