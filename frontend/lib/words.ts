/** The words of a room in every language. What one of the complete languages lacks, the compiler refuses. */
import { numberFormat, pluralRules } from "./formats";
import type { Language } from "./languages";

/** A text; or one for each form that the language has for the number `count`. `{name}` stands for a value. */
export type Word = string | (Partial<Record<Intl.LDMLPluralRule, string>> & { other: string });
export type Values = Record<string, string | number>;

export interface Words<K extends string> {
  en: Record<K, Word>;
  id: Record<K, Word>;
  /** Languages that may lack words: English stands in. */
  ar?: Partial<Record<K, Word>>;
}

type In<E> = Record<keyof E & string, Word>;

/** The words of a room: `en` says which there are. */
export function words<E extends Record<string, Word>>(all: { en: E; id: In<NoInfer<E>>; ar?: Partial<In<NoInfer<E>>> }): Words<keyof E & string> {
  return all as Words<keyof E & string>;
}

/** A word with its values; of a word with forms, the one that fits `values.count`. */
export function say(word: Word, values: Values, language: Language): string {
  const text = typeof word === "string" ? word : (word[pluralRules(language).select(Number(values.count))] ?? word.other);
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? "";
    return typeof value === "number" ? numberFormat(language).format(value) : value;
  });
}
