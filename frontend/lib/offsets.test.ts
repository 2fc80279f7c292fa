import { describe, expect, it } from "vitest";
import { allPoints, pieces, toPoints, toUnits } from "./offsets";

const marked = (text: string, highlights: number[][]) =>
  pieces(text, highlights)
    .map((piece) => (piece.marked ? `[${piece.text}]` : piece.text))
    .join("");

describe("offsets of the API", () => {
  it("count code points: after an emoji a mark stays where it belongs", () => {
    expect(marked("🙂 José O’Brien", [[2, 6]])).toBe("🙂 [José] O’Brien");
    expect(marked("𝒜𝒷 Nguyễn 王 أحمد", [[3, 9]])).toBe("𝒜𝒷 [Nguyễn] 王 أحمد");
  });
  it("may count combining marks one by one", () => {
    expect(marked("e\u0301a", [[0, 2]])).toBe("[e\u0301]a");
  });
  it("overlap and touch without losing or doubling text", () => {
    expect(marked("abcdef", [[0, 3], [2, 4], [4, 5]])).toBe("[abc][d][e]f");
    expect(marked("abcdef", [[4, 6], [0, 1]])).toBe("[a]bcd[ef]");
  });
  it("beyond the end are the end", () => {
    expect(toUnits("ab", [9])).toEqual([2]);
    expect(marked("ab", [[1, 9]])).toBe("a[b]");
  });
  it("lead back", () => {
    const text = "🙂a王🙂b";
    for (const point of [0, 1, 2, 3, 4, 5]) expect(toPoints(text, toUnits(text, [point])[0]!)).toBe(point);
    expect(allPoints(text, [0, 2, 3, 4, 6, 7])).toEqual([0, 1, 2, 3, 4, 5]);
    expect(allPoints("abc", [0, 2])).toEqual([0, 2]);
  });
});
