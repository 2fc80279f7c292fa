import { expect, it } from "vitest";
import { citation } from "./citation";

it.each([
  ["2014-06-23", "Putusan PN Rimba Raya Nomor 45/Pid.B/2014/PN Rmr tanggal 23 Juni 2014"],
  ["2020-01-01", "Putusan PN Rimba Raya Nomor 45/Pid.B/2014/PN Rmr tanggal 1 Januari 2020"],
  [null, "Putusan PN Rimba Raya Nomor 45/Pid.B/2014/PN Rmr"],
])("a citation names the day in full: %s", (pronounced_on, text) => {
  expect(citation({ court: "PN Rimba Raya", case_number: "45/Pid.B/2014/PN Rmr", pronounced_on })).toBe(text);
});
