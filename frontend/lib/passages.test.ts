import { describe, expect, it } from "vitest";
import { atPassage, passageIn, permalink, readPassage } from "./passages";

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
  it("has a lasting address, and one on the page", () => {
    expect(permalink("1")).toBe("/d/1");
    expect(permalink("1", { section: "fakta", start: 2, end: 5 })).toBe("/d/1?s=fakta&a=2&b=5");
    const here = new URLSearchParams("id=1&section=fakta&start=2&end=5&from=q%3Da");
    expect(atPassage(here, { section: "amar", start: 0, end: 1 })).toBe("?id=1&section=amar&start=0&end=1&from=q%3Da");
    expect(atPassage(here, null)).toBe("?id=1&from=q%3Da");
  });
});
