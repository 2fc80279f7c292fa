import { describe, expect, it } from "vitest";
import { say, words, type Word } from "./words";

const ROOMS = import.meta.glob<Record<string, unknown>>("./messages/*.ts", { eager: true });
const rooms = Object.entries(ROOMS).flatMap(([file, all]) =>
  Object.values(all).map((room) => [file, room as Record<string, Record<string, Word>>] as const),
);

/** The names of the values that a word takes. */
const takes = (word: Word) => {
  const forms = typeof word === "string" ? [word] : Object.values(word);
  return [...new Set(forms.flatMap((form) => form.match(/\{\w+\}/g) ?? []))].sort();
};

describe.each(rooms)("%s", (_, room) => {
  it.each(Object.keys(room).filter((language) => language !== "en"))("takes the same values in %s, and says something", (language) => {
    for (const [key, word] of Object.entries(room[language] ?? {})) {
      expect(room.en, key).toHaveProperty(key);
      expect(takes(word).filter((name) => name !== "{count}"), key).toEqual(takes(room.en?.[key] ?? "").filter((name) => name !== "{count}"));
      expect(typeof word === "string" ? word : word.other, key).not.toBe("");
    }
  });
});

it("there are rooms to look at", () => {
  expect(rooms.length).toBeGreaterThan(2);
});

it("a word has the form that its number takes, in its language", () => {
  const room = words({
    en: { rows: { one: "{count} row", other: "{count} rows" } },
    id: { rows: "{count} baris" },
    ar: { rows: { one: "صف", two: "صفان", few: "{count} صفوف", other: "{count} صف" } },
  });
  expect(say(room.en.rows, { count: 1 }, "en")).toBe("1 row");
  expect(say(room.en.rows, { count: 1234 }, "en")).toBe("1,234 rows");
  expect(say(room.id.rows, { count: 1234 }, "id")).toBe("1.234 baris");
  expect(say(room.ar?.rows ?? "", { count: 2 }, "ar")).toBe("صفان");
});

it("what stands in a value is not read again", () => {
  expect(say("{a} and {b}", { a: "{b}", b: "x" }, "en")).toBe("{b} and x");
});
