/** What a form of a row sends: its fields as the API takes them, and what of them cannot be sent. */
import { momentAt, shownAt } from "./days";
import { numberFormat } from "./formats";
import type { RowField } from "./rows";
import type { RowsKey } from "./messages/rows";
import type { Values } from "./words";

export interface Fault {
  name: string;
  /** Why, in the words of the room. */
  why: RowsKey;
  values?: Values;
}

class Wrong {
  constructor(
    readonly why: RowsKey,
    readonly values: Values = {},
  ) {}
}

const WHOLE = /^-?\d+$/;
const READ = /^-?\d+(?:\.\d+)?$/;
const DIGITS = /^-?[\d.,]+$/;
const EXAMPLE = 1234.5; // has both separators
const PLACES = 20; // behind the point, at most

/** Characters as the service counts them: code points. */
export const lengthOf = (text: string): number => Array.from(text).length;

/** What an input of a moment shows: minutes, in the time of a zone. */
export const momentInput = (moment: string, zone?: string): string => shownAt(moment, zone).slice(0, 16);

interface Written {
  fields: Record<string, RowField>;
  form: readonly string[];
  kept: readonly string[];
}

type Fields = Record<string, unknown>;

interface Situation {
  language: string;
  zone?: string;
  /** The row that the form was opened with. */
  before?: Fields;
  /** What is known of it now: what no form shows stays as it is there. */
  now?: Fields;
}

/** Names of what a form says beside its values: what was written to find a row, and that a file is on its way. */
export const soughtIn = (name: string): string => `${name} sought`;
export const uploadOf = (name: string): string => `${name} upload`;

/** All of a row that is written, in the form or as it was: who changes another part of it, changes nothing here. */
export const writtenPart = ({ form, kept }: Pick<Written, "form" | "kept">, row: Fields): string => JSON.stringify([...form, ...kept].map((name) => row[name]));

/** The body, and what is wrong with it before anybody is asked. */
export function bodyOf({ fields, form, kept }: Written, values: Record<string, string>, { language, zone, before, now = before }: Situation) {
  const faults: Fault[] = [];
  const body: Fields = {};
  for (const name of kept) if (now) body[name] = now[name];
  for (const name of form) {
    const field = fields[name];
    if (!field) continue;
    const value = foundIn(values, name) ?? valueOf(field, values[name] ?? "", before?.[name], language, zone);
    if (value instanceof Wrong) {
      faults.push({ name, why: value.why, values: value.values });
      continue;
    }
    if (value === undefined && field.required) faults.push({ name, why: "required" });
    if (value !== undefined) body[name] = value;
    else if (field.nullable) body[name] = null;
  }
  return { body, faults };
}

/** What keeps a row or a file from being chosen. */
function foundIn(values: Record<string, string>, name: string): Wrong | undefined {
  if (values[uploadOf(name)]) return new Wrong("stillUploading");
  return !values[name] && values[soughtIn(name)]?.trim() ? new Wrong("notFound") : undefined;
}

/** The value that a field has where this is written; undefined for nothing. */
function valueOf(field: RowField, written: string, before: unknown, language: string, zone?: string): unknown {
  const text = written.trim();
  if (field.kind === "flag" && !field.nullable) return text === "on";
  if (text === "") return undefined;
  switch (field.kind) {
    case "integer":
    case "number":
    case "amount":
      return text === numberInput(before, language) ? before : numberOf(field, text, language);
    case "flag":
      return text === "true";
    case "moment":
      return typeof before === "string" && momentInput(before, zone) === text ? before : momentAt(text.length === 16 ? `${text}:00` : text, zone);
    case "json":
      return jsonOf(text);
    case "text":
    case "long":
      return textOf(field, written);
    default:
      return text;
  }
}

/** What an input of a number shows: as the language writes it, in no groups. */
export function numberInput(value: unknown, language: string): string {
  const format = numberFormat(language, { useGrouping: false, maximumFractionDigits: PLACES });
  return value === null || value === undefined ? "" : format.format(String(value) as Intl.StringNumericLiteral);
}

/** A number as the language writes it; of what could be read in two ways nothing is guessed. */
function numberOf({ kind, least, most }: RowField, text: string, language: string): unknown {
  const format = numberFormat(language);
  const separator = (type: string) => format.formatToParts(-12345.6).find((part) => part.type === type)?.value ?? "";
  const [group, point] = [separator("group"), separator("decimal")];
  const latin = text
    .replace(/[\u061c\u200e\u200f]/g, "") // marks of direction, before a minus
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace("−", "-")
    .replaceAll("٬", group)
    .replaceAll("٫", point);
  const grouped = new RegExp(`^-?[1-9]\\d{0,2}(?:\\${group}\\d{3})+(?!\\d|\\${group})`);
  const read = latin.replace(grouped, (whole) => whole.replaceAll(group, ""));
  const plain = read.includes(group) ? read : read.replace(point, ".");
  if ((read.includes(group) || !READ.test(plain)) && DIGITS.test(latin)) return new Wrong("numberAs", { example: format.format(EXAMPLE) });
  if (!(kind === "integer" ? WHOLE : READ).test(plain)) return new Wrong("notNumber");
  if (kind === "amount") return plain;
  const number = Number(plain);
  if ((least !== undefined && number < least) || (most !== undefined && number > most)) return new Wrong("between", { least: least ?? "…", most: most ?? "…" });
  return number;
}

function textOf({ shortest, longest }: RowField, text: string): unknown {
  const length = lengthOf(text);
  if (longest !== undefined && length > longest) return new Wrong("tooLong", { count: longest });
  if (shortest !== undefined && length < shortest) return new Wrong("tooShort", { count: shortest });
  return text;
}

function jsonOf(text: string): unknown {
  try {
    return wrapped(JSON.parse(text));
  } catch {
    return new Wrong("notJson");
  }
}

function wrapped(value: unknown): object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new TypeError();
  return value;
}
