import { describe, expect, it } from "vitest";
import { citation, footnote, quotation } from "./citation";

const DECISION = { court: "PN Rimba Raya", case_number: "45/Pid.B/2014/PN Rmr", pronounced_on: "2014-06-23" };
const PASSAGE = { section: "fakta_hukum", text: "bahwa  Nguyễn 🙂\nmembawa", address: "http://x/d/1?s=fakta_hukum&a=0&b=9" };

describe("a citation", () => {
  it.each([
    ["2014-06-23", "Putusan PN Rimba Raya Nomor 45/Pid.B/2014/PN Rmr tanggal 23 Juni 2014"],
    ["2020-01-01", "Putusan PN Rimba Raya Nomor 45/Pid.B/2014/PN Rmr tanggal 1 Januari 2020"],
    [null, "Putusan PN Rimba Raya Nomor 45/Pid.B/2014/PN Rmr"],
  ])("names the day in full: %s", (pronounced_on, text) => {
    expect(citation({ ...DECISION, pronounced_on })).toBe(text);
  });
  it("of a footnote has the court in full, and the section of the passage", () => {
    expect(footnote(DECISION)).toBe("Pengadilan Negeri Rimba Raya, Putusan Nomor 45/Pid.B/2014/PN Rmr, 23 Juni 2014.");
    expect(footnote({ ...DECISION, pronounced_on: null }, PASSAGE)).toBe("Pengadilan Negeri Rimba Raya, Putusan Nomor 45/Pid.B/2014/PN Rmr, bagian Fakta hukum.");
  });
  it("of a passage quotes it and leads to it", () => {
    expect(quotation(DECISION, PASSAGE)).toBe(
      "“bahwa Nguyễn 🙂 membawa” (Putusan PN Rimba Raya Nomor 45/Pid.B/2014/PN Rmr tanggal 23 Juni 2014, bagian Fakta hukum) http://x/d/1?s=fakta_hukum&a=0&b=9",
    );
  });
  it("shortens a long passage in its middle, between whole characters", () => {
    const long = quotation(DECISION, { ...PASSAGE, text: "🙂".repeat(1000) });
    expect(long).toContain(`“${"🙂".repeat(200)} […] ${"🙂".repeat(200)}”`);
  });
});
