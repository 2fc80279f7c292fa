import { describe, expect, it } from "vitest";
import { apiFilters, readSearch, writeSearch } from "./search-url";

describe("a search in the address", () => {
  it.each([
    ["?q=pencurian", { query: "pencurian", page: 1, filters: {} }],
    ["?q=%22dengan+sengaja%22+-kekerasan&page=3", { query: '"dengan sengaja" -kekerasan', page: 3, filters: {} }],
    ["?q=a&court=PN+Rimba+Raya&year=2020", { query: "a", page: 1, filters: { court: "PN Rimba Raya", year: "2020" } }],
    ["?q=%F0%9F%99%82+%2F%26%3D%23%2B", { query: "🙂 /&=#+", page: 1, filters: {} }],
  ])("%s is what it was made of", (address, state) => {
    expect(readSearch(new URLSearchParams(address))).toEqual(state);
    expect(writeSearch(state)).toBe(address);
  });
  it.each(["?page=0", "?page=-1", "?page=x", "?year=20", "?level=", ""])("%s is no search", (address) => {
    expect(readSearch(new URLSearchParams(address))).toEqual({ query: "", page: 1, filters: {} });
  });
  it("gives the API a number for the year", () => {
    expect(apiFilters({ year: "2020", level: "appeal", court: "PT A" })).toEqual({ year: 2020, level: "appeal", court: "PT A" });
  });
});
