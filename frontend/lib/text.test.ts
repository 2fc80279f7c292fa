import { describe, expect, it } from "vitest";
import { blocksOf, linesOf, paragraphsOf, segmentsOf, within } from "./text";

describe("a text", () => {
  it("is its lines that say something, with their places", () => {
    expect(paragraphsOf("ab\n\n  \ncd\n")).toEqual([{ start: 0, end: 2 }, { start: 7, end: 9 }]);
    expect(paragraphsOf("")).toEqual([]);
  });
  it("is shown in blocks without a gap", () => {
    const text = Array.from({ length: 95 }, (_, line) => `line ${line}`).join("\n");
    const blocks = blocksOf(paragraphsOf(text));
    expect(blocks.map((block) => block.paragraphs.length)).toEqual([40, 40, 15]);
    expect(blocks.flatMap((block) => block.paragraphs.map(({ start, end }) => text.slice(start, end))).join("\n")).toBe(text);
    expect(linesOf(blocks[2]!)).toBe(15);
  });
  it("finds the spans of a part", () => {
    const spans = [{ start: 0, end: 3 }, { start: 5, end: 9 }, { start: 9, end: 12 }];
    expect(within(spans, 3, 5)).toEqual([]);
    expect(within(spans, 2, 10)).toEqual(spans);
    expect(within(spans, 9, 99)).toEqual([spans[2]]);
  });
  it("is cut where links and marks begin and end, and nothing of it is lost", () => {
    const cut = segmentsOf("0123456789", { start: 1, end: 9 }, [{ start: 0, end: 3 }], [{ start: 2, end: 5 }]);
    expect(cut).toEqual([
      { text: "1", link: 0, marked: false },
      { text: "2", link: 0, marked: true },
      { text: "34", link: null, marked: true },
      { text: "5678", link: null, marked: false },
    ]);
  });
});
