/** What a form of a row sends: its fields as the API takes them, and what of them cannot be sent. */
import { momentAt, shownAt } from "./days";
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

const NUMBER = /^[-−]?\d+(?:[.,]\d+)?$/;
const WHOLE = /^[-−]?\d+$/;

/** Characters as the service counts them: code points. */
export const lengthOf = (text: string): number => Array.from(text).length;

/** What an input of a moment shows: minutes, in the time of a zone. */
export const momentInput = (moment: string, zone?: string): string => shownAt(moment, zone).slice(0, 16);

interface Written {
  fields: Record<string, RowField>;
  form: readonly string[];
  kept: readonly string[];
}

/** The body, and what is wrong with it before anybody is asked. `before` is the row that is changed. */
export function bodyOf({ fields, form, kept }: Written, values: Record<string, string>, before: Record<string, unknown> | undefined, zone?: string) {
  const faults: Fault[] = [];
  const body: Record<string, unknown> = {};
  for (const name of kept) if (before) body[name] = before[name];
  for (const name of form) {
    const field = fields[name];
    if (!field) continue;
    const value = valueOf(field, values[name] ?? "", before?.[name], zone);
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

/** The value that a field has where this is written; undefined for nothing. */
function valueOf(field: RowField, written: string, before: unknown, zone?: string): unknown {
  const text = written.trim();
  if (field.kind === "flag" && !field.nullable) return text === "on";
  if (text === "") return undefined;
  switch (field.kind) {
    case "integer":
    case "number":
      return numberOf(field, text);
    case "amount":
      return NUMBER.test(text) ? text.replace("−", "-").replace(",", ".") : new Wrong("notNumber");
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

function numberOf({ kind, least, most }: RowField, text: string): unknown {
  if (!(kind === "integer" ? WHOLE : NUMBER).test(text)) return new Wrong("notNumber");
  const number = Number(text.replace("−", "-").replace(",", "."));
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
