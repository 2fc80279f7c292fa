import { expect, test } from "vitest";
import { bodyOf, momentInput } from "./row-body";
import type { RowField } from "./rows";

const field = (more: Partial<RowField>): RowField => ({ kind: "text", label: null, required: true, nullable: false, ...more });
const send = (one: RowField, written: string, before?: unknown, zone?: string) =>
  bodyOf({ fields: { it: one }, form: ["it"], kept: [] }, { it: written }, before === undefined ? undefined : { it: before }, zone);
const body = (...asked: Parameters<typeof send>) => send(...asked).body.it;
const why = (...asked: Parameters<typeof send>) => send(...asked).faults[0]?.why;

test("each kind is sent as the API takes it", () => {
  expect(body(field({ kind: "integer" }), "−7")).toBe(-7);
  expect(body(field({ kind: "number" }), "1,5")).toBe(1.5);
  expect(body(field({ kind: "amount" }), "12,50")).toBe("12.50");
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

test("what no form shows is written as it was", () => {
  expect(bodyOf({ fields: {}, form: [], kept: ["hidden"] }, {}, { hidden: 7 }).body).toEqual({ hidden: 7 });
});
