/** The languages that the pages are exported in, by their BCP 47 tags. */
export const LANGUAGES = ["id", "en"] as const;
export type Language = (typeof LANGUAGES)[number];
