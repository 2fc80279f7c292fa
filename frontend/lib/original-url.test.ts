import { expect, test } from "vitest";
import { atOriginal, readOriginal } from "./original-url";
import { atPassage } from "./passages";

const read = (query: string) => readOriginal(new URLSearchParams(query));

test("an address names a page of the original, or follows the passage", () => {
  expect(read("id=1")).toBeNull();
  expect(read("original=")).toEqual({ page: null, larger: false });
  expect(read("original=12&zoom=2")).toEqual({ page: 12, larger: true });
});

test.each(["original=0", "original=-1", "original=x", "original=1e3", "original=999999999"])("%s is no page", (query) => {
  expect(read(query)).toEqual({ page: null, larger: false });
});

test("what was written is read again, and closing leaves nothing behind", () => {
  const parameters = new URLSearchParams("id=1&start=4");
  const opened = atOriginal(parameters, { page: 3, larger: true });
  expect(read(opened.slice(1))).toEqual({ page: 3, larger: true });
  expect(atOriginal(new URLSearchParams(opened), null)).toBe("?id=1&start=4");
});

test("another passage takes the original along", () => {
  const moved = atPassage(new URLSearchParams("id=1&original=7"), { section: "fakta", start: 1, end: 2 });
  expect(read(moved.slice(1))).toEqual({ page: null, larger: false });
  expect(read(atPassage(new URLSearchParams("id=1"), null).slice(1))).toBeNull();
});
