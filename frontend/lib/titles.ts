const CAPITAL = /^\p{Ll}/u;

/** The name of a section as a heading: `fakta_hukum` is "Fakta hukum". */
export function title(name: string): string {
  return name.replaceAll("_", " ").replace(CAPITAL, (letter) => letter.toUpperCase());
}
