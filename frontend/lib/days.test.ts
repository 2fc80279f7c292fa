import { describe, expect, it } from "vitest";
import { beginOf, dayOf, later, readDay, stepOf, together } from "./days";

describe("days", () => {
  it.each([
    ["2026-11-29", "2026-11-29"],
    ["2026-13-01", ""],
    ["yesterday", ""],
    [null, ""],
  ])("reads %s as %s", (text, day) => expect(readDay(text)).toBe(day));

  it.each([
    ["2026-11-29", "Asia/Jakarta", "2026-11-28T17:00:00.000Z"],
    ["2026-11-29", "UTC", "2026-11-29T00:00:00.000Z"],
    ["2026-03-30", "Europe/Berlin", "2026-03-29T22:00:00.000Z"], // the day after the clocks went forward
    ["2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00.000Z"],
    ["2026-01-01", "America/New_York", "2026-01-01T05:00:00.000Z"],
    ["2026-01-01", "Pacific/Kiritimati", "2025-12-31T10:00:00.000Z"],
  ])("%s begins in %s at %s", (day, zone, moment) => {
    expect(beginOf(day, zone)).toBe(moment);
    expect(dayOf(new Date(moment), zone)).toBe(day);
  });

  it("goes over the ends of months and years", () => {
    expect(later("2026-12-31", 1)).toBe("2027-01-01");
    expect(later("2028-03-01", -1)).toBe("2028-02-29");
  });

  it("puts days into weeks from Monday and into months", () => {
    const rows = ["2026-11-29", "2026-11-30", "2026-12-01"].map((day) => ({ day }));
    expect(together(rows, "day").length).toBe(3);
    expect(together(rows, "week").map(({ day, rows: own }) => [day, own.length])).toEqual([
      ["2026-11-23", 1],
      ["2026-11-30", 2],
    ]);
    expect(together(rows, "month").map(({ day, rows: own }) => [day, own.length])).toEqual([
      ["2026-11-01", 2],
      ["2026-12-01", 1],
    ]);
    expect([7, 30, 90, 365].map(stepOf)).toEqual(["day", "day", "week", "month"]);
  });
});
