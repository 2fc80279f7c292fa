/** How languages write numbers and times. A format takes long to make and none to use: one of each kind is kept. */

const kept = new Map<string, unknown>();

function keep<F>(kind: string, language: string, options: object | undefined, make: () => F): F {
  const key = `${kind} ${language} ${JSON.stringify(options)}`;
  if (!kept.has(key)) kept.set(key, make());
  return kept.get(key) as F;
}

export function numberFormat(language: string, options?: Intl.NumberFormatOptions): Intl.NumberFormat {
  return keep("number", language, options, () => new Intl.NumberFormat(language, options));
}

export function dateFormat(language: string, options?: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return keep("date", language, options, () => new Intl.DateTimeFormat(language, options));
}

export function pluralRules(language: string): Intl.PluralRules {
  return keep("plural", language, undefined, () => new Intl.PluralRules(language));
}

/** The time zone of the browser. */
export function timeZoneHere(): string {
  return dateFormat("en").resolvedOptions().timeZone;
}
