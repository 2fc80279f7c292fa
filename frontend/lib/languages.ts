/** The languages that the pages are exported in, by their BCP 47 tags. */
export const LANGUAGES = ["id", "en", "ar"] as const;
export type Language = (typeof LANGUAGES)[number];

/** What each is called by those who speak it. */
export const NAMES: Record<Language, string> = { id: "Bahasa Indonesia", en: "English", ar: "العربية" };

/** Which way a language is written. */
export function direction(language: Language): "ltr" | "rtl" {
  return language === "ar" ? "rtl" : "ltr";
}
