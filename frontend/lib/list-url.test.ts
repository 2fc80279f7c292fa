import { describe, expect, it } from "vitest";
import { changedAddress, listQuery, pageNumbers, readList, sortedBy, writeList } from "./list-url";

const SHAPE = { filters: ["status", "role"], sort: "-created_at" };

describe("a list in the address", () => {
  it.each([
    ["", { page: 1, search: "", sort: "-created_at", filters: {} }],
    ["?search=Nguy%E1%BB%85n&status=active&sort=name&page=3", { page: 3, search: "Nguyễn", sort: "name", filters: { status: "active" } }],
  ])("%s is what it was made of", (address, state) => {
    expect(readList(new URLSearchParams(address), SHAPE)).toEqual(state);
    expect(writeList(state, SHAPE)).toBe(address);
  });
  it.each(["?page=0", "?page=-2", "?page=x", "?sort=a;drop", "?colour=red", "?status="])("%s asks for nothing", (address) => {
    expect(readList(new URLSearchParams(address), SHAPE)).toEqual({ page: 1, search: "", sort: "-created_at", filters: {} });
  });
  it("leaves the rest of the address alone", () => {
    const state = { page: 2, search: "", sort: "-created_at", filters: {} };
    expect(writeList(state, SHAPE, new URLSearchParams("?id=7&page=9&status=old"))).toBe("?id=7&page=2");
  });
  it("asks the API for a page", () => {
    expect(listQuery({ page: 2, search: "a", sort: "name", filters: { role: "owner" } })).toEqual({ page: 2, items_per_page: 20, sort: "name", search: "a", role: "owner" });
  });
});

it("a column sorts one way, then the other", () => {
  expect([sortedBy("name", "-created_at"), sortedBy("name", "name"), sortedBy("name", "-name")]).toEqual(["name", "-name", "name"]);
});

it.each([
  [1, 1, [1]],
  [1, 3, [1, 2, 3]],
  [5, 9, [1, 0, 4, 5, 6, 0, 9]],
  [9, 9, [1, 0, 8, 9]],
])("page %i of %i shows %j", (page, pages, shown) => {
  expect(pageNumbers(page, pages)).toEqual(shown);
});

describe("a changed address", () => {
  it.each([
    ["id=1&page=3", { from: "2026-11-01" }, "?id=1&from=2026-11-01"],
    ["id=1&from=2026-11-01&to=2026-11-02", { from: "", to: "2026-11-05" }, "?id=1&to=2026-11-05"],
    ["from=2026-11-01", { from: "" }, ""],
  ])("%s with %o is %s", (present, changes, expected) => {
    expect(changedAddress(present, changes)).toBe(expected);
  });
});
