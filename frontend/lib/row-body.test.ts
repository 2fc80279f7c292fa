import { expect, test } from "vitest";
import { bodyOf, momentInput, numberInput, soughtIn, uploadOf, writtenPart } from "./row-body";
import type { RowField } from "./rows";

const field = (more: Partial<RowField>): RowField => ({ kind: "text", label: null, required: true, nullable: false, ...more });
const send = (one: RowField, written: string, before?: unknown, zone?: string, language = "en", more: Record<string, string> = {}) =>
  bodyOf({ fields: { it: one }, form: ["it"], kept: [] }, { it: written, ...more }, { language, zone, before: before === undefined ? undefined : { it: before } });
const body = (...asked: Parameters<typeof send>) => send(...asked).body.it;
const why = (...asked: Parameters<typeof send>) => send(...asked).faults[0]?.why;

test("each kind is sent as the API takes it", () => {
  expect(body(field({ kind: "integer" }), "−7")).toBe(-7);
  expect(body(field({ kind: "number" }), "1.5")).toBe(1.5);
  expect(body(field({ kind: "amount" }), "12.50")).toBe("12.50");
  expect(body(field({ kind: "flag" }), "on")).toBe(true);
  expect(body(field({ kind: "flag" }), "")).toBe(false);
  expect(body(field({ kind: "flag", nullable: true }), "false")).toBe(false);
  expect(body(field({ kind: "day" }), "2026-01-31")).toBe("2026-01-31");
  expect(body(field({ kind: "json" }), '{"why": 7}')).toEqual({ why: 7 });
  expect(body(field({ kind: "text" }), "  kept as it is ")).toBe("  kept as it is ");
});

test("a moment is meant in the time of the person, and one that nobody touched stays to the second", () => {
  const moment = field({ kind: "moment" });
  expect(body(moment, "2026-01-31T08:00", undefined, "Asia/Jakarta")).toBe("2026-01-31T01:00:00.000Z");
  expect(momentInput("2026-01-31T01:00:30Z", "Asia/Jakarta")).toBe("2026-01-31T08:00");
  expect(body(moment, "2026-01-31T08:00", "2026-01-31T01:00:30Z", "Asia/Jakarta")).toBe("2026-01-31T01:00:30Z");
});

test("what is empty is null where it may be, absent where it has a value of its own, and else refused", () => {
  expect(body(field({ required: false, nullable: true }), "")).toBeNull();
  expect(send(field({ required: false }), "").body).toEqual({});
  expect(why(field({}), " ")).toBe("required");
});

test("limits are told before anybody is asked; characters are code points", () => {
  expect(why(field({ longest: 2 }), "abc")).toBe("tooLong");
  expect(body(field({ longest: 2 }), "🙂🙂")).toBe("🙂🙂");
  expect(why(field({ shortest: 2 }), "a")).toBe("tooShort");
  expect(why(field({ kind: "integer", least: 0, most: 9 }), "10")).toBe("between");
  expect(why(field({ kind: "integer" }), "1.5")).toBe("notNumber");
  expect(why(field({ kind: "amount" }), "twelve")).toBe("notNumber");
  for (const text of ["[1]", "7", "{", "null"]) expect(why(field({ kind: "json" }), text)).toBe("notJson");
});

const typed = (language: string, written: string, kind: RowField["kind"] = "amount") => {
  const { body, faults } = send(field({ kind }), written, undefined, undefined, language);
  return faults[0]?.why ?? body.it;
};

test.each([
  ["en", "1,000", "1000"],
  ["en", "1,234,567.5", "1234567.5"],
  ["en", "1.500", "1.500"],
  ["id", "1.500", "1500"],
  ["id", "-1.234.567,5", "-1234567.5"],
  ["id", "12,50", "12.50"],
  ["id", "1500", "1500"],
  ["ar", "١٬٥٠٠٫٥", "1500.5"],
  ["ar", "-1,500.5", "-1500.5"],
])("a number is read as the language of the page writes it: %s %s", (language, written, read) => {
  expect(typed(language, written)).toBe(read);
  expect(typed(language, written, "number")).toBe(Number(read));
});

test.each([
  ["en", "1,5"],
  ["en", "1.000,5"],
  ["en", "1,0000"],
  ["en", "0,500"],
  ["id", "1.5"],
  ["id", "1,000.5"],
  ["id", "1.500.00"],
  ["id", "0.500"],
])("of a number that could be read in two ways nothing is guessed: %s %s", (language, written) => {
  for (const kind of ["amount", "number", "integer"] as const) expect(typed(language, written, kind)).toBe("numberAs");
});

test("whole numbers may have groups, and the example is in the language of the page", () => {
  expect(typed("id", "1.500", "integer")).toBe(1500);
  expect(send(field({ kind: "amount" }), "1.5", undefined, undefined, "id").faults[0]?.values).toEqual({ example: "1.234,5" });
});

test("a number is shown as it is read again, and one that nobody touched stays to the last digit", () => {
  const exact = "12345678901234567890.1200";
  for (const language of ["en", "id", "ar"]) {
    const shown = numberInput("-1500.5000", language);
    expect(typed(language, shown)).toBe("-1500.5");
    expect(send(field({ kind: "amount" }), numberInput(exact, language), exact, undefined, language).body.it).toBe(exact);
  }
  expect(numberInput("1500.50", "id")).toBe("1500,5");
  expect(numberInput(null, "id")).toBe("");
});

test("a name that was written but not chosen is no reference, and no text is none", () => {
  const reference = field({ kind: "reference", required: false, nullable: true });
  const chosen = (id: string, sought: string) => send(reference, id, "before", undefined, "en", { [soughtIn("it")]: sought });
  expect(chosen("", "Something").faults).toEqual([{ name: "it", why: "notFound", values: {} }]);
  expect(chosen("", " ").body).toEqual({ it: null });
  expect(chosen("7", "Something").body).toEqual({ it: "7" });
});

test("nothing is sent while a file is on its way", () => {
  const file = field({ kind: "file", required: false, nullable: true });
  const during = (upload: string) => send(file, "before", "before", undefined, "en", { [uploadOf("it")]: upload });
  expect(during("on").faults.map(({ why }) => why)).toEqual(["stillUploading"]);
  expect(during("").body).toEqual({ it: "before" });
});

test("what no form shows is written as it is now", () => {
  const pages = { fields: {}, form: [], kept: ["hidden"] };
  expect(bodyOf(pages, {}, { language: "en", before: { hidden: 7 } }).body).toEqual({ hidden: 7 });
  expect(bodyOf(pages, {}, { language: "en", before: { hidden: 7 }, now: { hidden: 8 } }).body).toEqual({ hidden: 8 });
});

test("who changes what no form shows has changed the row that is written, and who changes the rest has not", () => {
  const part = (row: Record<string, unknown>) => writtenPart({ form: ["title"], kept: ["hidden"] }, row);
  expect(part({ title: "a", hidden: 8 })).not.toBe(part({ title: "a", hidden: 7 }));
  expect(part({ title: "a", hidden: 7, version: 2 })).toBe(part({ title: "a", hidden: 7, version: 1 }));
});
