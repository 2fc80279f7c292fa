import { describe, expect, it } from "vitest";
import { NO_SEARCH, apiFilters, cutQuery, exportAddress, isFiltered, readSearch, toggled, writeSearch } from "./search-url";

describe("a search in the address", () => {
  it.each([
    ["?q=pencurian", { query: "pencurian" }],
    ["?q=%22dengan+sengaja%22+-kekerasan&page=3", { query: '"dengan sengaja" -kekerasan', page: 3 }],
    ["?q=a&court=PN+Rimba+Raya&court=PN+A&year=2020", { query: "a", filters: { court: ["PN Rimba Raya", "PN A"], year: ["2020"] } }],
    ["?q=a&judge=wira&date_from=2019-01-01", { query: "a", singles: { judge: "wira", date_from: "2019-01-01" } }],
    ["?q=a&strategy=lexical&understand=false&as_typed=sabu&sort=-pronounced_on", { query: "a", strategy: "lexical", understand: false, asTyped: ["sabu"], sort: "-pronounced_on" }],
    ["?q=%F0%9F%99%82+%2F%26%3D%23%2B", { query: "🙂 /&=#+" }],
  ] as const)("%s is what it was made of", (address, changes) => {
    const state = { ...NO_SEARCH, ...structuredClone(changes) } as typeof NO_SEARCH;
    expect(readSearch(new URLSearchParams(address))).toEqual(state);
    expect(writeSearch(state)).toBe(address);
  });
  it.each(["?page=0", "?page=-1", "?page=x", "?year=20", "?level=", "?sort=up", "?strategy=magic", "?date_from=soon", ""])("%s is no search", (address) => {
    expect(readSearch(new URLSearchParams(address))).toEqual(NO_SEARCH);
  });
  it("gives the API a number for the year", () => {
    expect(apiFilters({ filters: { year: ["2020"], level: ["appeal"], court: ["PT A"] }, singles: { party: "X" } })).toEqual({ year: [2020], level: ["appeal"], court: ["PT A"], party: "X" });
  });
  it("can be saved as it is shown", () => {
    const address = exportAddress(readSearch(new URLSearchParams("?q=a&court=PN+A&sort=pronounced_on&page=2")), "csv");
    expect(address).toBe("/api/v1/legal-search/search/export?query=a&court=PN+A&sort=pronounced_on&format=csv");
  });
});

describe("filters", () => {
  it("are added and taken away one by one", () => {
    const one = toggled({}, "court", "PN A");
    const two = toggled(one, "court", "PN B");
    expect(two).toEqual({ court: ["PN A", "PN B"] });
    expect(toggled(two, "court", "PN A")).toEqual({ court: ["PN B"] });
    expect(isFiltered({ filters: toggled(one, "court", "PN A"), singles: {} })).toBe(false);
    expect(isFiltered({ filters: {}, singles: { judge: "x" } })).toBe(true);
  });
});

describe("a part of a query", () => {
  it("is cut by its code points", () => {
    expect(cutQuery("🙂 penipuan tahun 2019 motor", 11, 21)).toBe("🙂 penipuan motor");
    expect(cutQuery("pasal 362 kuhp", 0, 14)).toBe("");
  });
});
