import { describe, expect, it } from "vitest";
import { paragraphs, passageIn, readPassage } from "./passages";

describe("a passage in the address", () => {
  it("is read whole or not at all", () => {
    const read = (text: string) => readPassage(new URLSearchParams(text));
    expect(read("section=fakta&start=2&end=5")).toEqual({ section: "fakta", start: 2, end: 5 });
    for (const odd of ["section=fakta&start=2", "start=2&end=5", "section=f&start=5&end=5", "section=f&start=-1&end=2", "section=f&start=x&end=2"])
      expect(read(odd)).toBeNull();
  });
  it("that no longer fits is not guessed", () => {
    const sections = [{ name: "fakta", text: "🙂ab" }];
    expect(passageIn(sections, { section: "fakta", start: 0, end: 3 })).toBe(true);
    expect(passageIn(sections, { section: "fakta", start: 0, end: 4 })).toBe(false);
    expect(passageIn(sections, { section: "amar", start: 0, end: 1 })).toBe(false);
  });
  it("may go over the end of a paragraph", () => {
    expect(paragraphs("🙂a\n\nbc\n\nd", { section: "", start: 1, end: 5 })).toEqual([
      [{ text: "🙂", marked: false }, { text: "a", marked: true }],
      [{ text: "b", marked: true }, { text: "c", marked: false }],
      [{ text: "d", marked: false }],
    ]);
  });
});
