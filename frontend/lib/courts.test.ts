import { describe, expect, it } from "vitest";
import { grouped, longName } from "./courts";

describe("courts", () => {
  it("are grouped by level and province, those of none last", () => {
    const groups = grouped([
      { value: "MA", count: 9, level: null, region: "Nasional" },
      { value: "PN B", count: 2, level: "first_instance", region: "" },
      { value: "PN A", count: 3, level: "first_instance", region: "Aceh" },
      { value: "PT A", count: 1, level: "appeal", region: "Aceh" },
    ]);
    expect(groups.map((group) => [group.level, group.count])).toEqual([["first_instance", 5], ["appeal", 1], [null, 9]]);
    expect(groups[0]!.regions.map((each) => each.region)).toEqual(["Aceh", ""]);
  });
  it.each([
    ["PN Rimba Raya", "Pengadilan Negeri Rimba Raya"],
    ["PTUN A", "Pengadilan Tata Usaha Negara A"],
    ["Mahkamah Agung", "Mahkamah Agung"],
  ])("%s is %s in full", (short, long) => expect(longName(short)).toBe(long));
});
