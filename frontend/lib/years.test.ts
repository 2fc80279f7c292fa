import { describe, expect, it } from "vitest";
import { byYear, ticks } from "./years";

describe("a chart by year", () => {
  it("has the years that have no decision", () => {
    expect(byYear([{ value: "2020", count: 3 }, { value: "2018", count: 1 }])).toEqual([
      { value: "2018", count: 1 }, { value: "2019", count: 0 }, { value: "2020", count: 3 },
    ]);
    expect(byYear([])).toEqual([]);
    expect(byYear([{ value: "1800", count: 1 }, { value: "2020", count: 1 }]).length).toBe(60);
  });
  it.each([[1, [0, 1]], [7, [0, 2, 4, 6, 8]], [64, [0, 20, 40, 60, 80]], [330, [0, 100, 200, 300, 400]], [0, [0, 1]]])("counts to %i in round steps", (most, steps) => {
    expect(ticks(most)).toEqual(steps);
  });
});
