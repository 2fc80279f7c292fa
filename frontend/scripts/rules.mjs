// What pages and components may not have in them: sizes and colours of their own, sides that do not turn with the
// language, and what breaks an exported site. The tokens are in app/globals.css.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const TURNS = "a side that does not turn with the language: ms- me- ps- pe- start- end- text-start";
const RULES = [
  [/#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b(?=["'`\]\s;)])/i, "a colour: name it in app/globals.css"],
  [/\b(?:rgba?|hsla?|oklch|oklab|lab|lch|color-mix)\(/i, "a colour: name it in app/globals.css"],
  [/(?<![\w.-])-?\d*\.?\d+px\b/, "a size in pixels: use the scale of app/globals.css"],
  [/(?<=["'`\s:!])-?(?:(?:m|p|scroll-m|scroll-p)[lr]|left|right)-(?:\d|\[|\(|auto|px|full)/, TURNS],
  [/(?<=["'`\s:!])(?:border-[lr]|rounded-(?:[lr]|[tb][lr]))(?=[-"'`\s])/, TURNS],
  [/(?<=["'`\s:!])(?:text|float|clear)-(?:left|right)\b/, TURNS],
  [/\b(?:margin|padding|border)(?:Left|Right)\b/, TURNS],
  [/\bprefetch=\{true\}|<Link\b[^>]*\sprefetch(?=[\s/>])|^\s*prefetch\s*$/, "`prefetch={true}` breaks links of an exported site: leave it out, or prefetch={false}"],
  [/\b(?:dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|document\.write)\b/, "text becomes HTML: build elements"],
  [/<style[\s>]/, "a style element: the policy of pages refuses it"],
];

/** What is wrong in a text: the line, counted from 1, and why. */
export function faults(text) {
  return text
    .split("\n")
    .flatMap((line, place) => RULES.filter(([pattern]) => pattern.test(line)).map(([, why]) => ({ line: place + 1, why })));
}

if (import.meta.main) {
  const files = ["app", "components"].flatMap((folder) =>
    readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const found = files.flatMap((file) => faults(readFileSync(file, "utf8")).map(({ line, why }) => `${file}:${line}: ${why}`));
  if (found.length) {
    console.error(found.join("\n"));
    process.exit(1);
  }
}
