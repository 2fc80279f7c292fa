/** How decisions are cited in Indonesian: dates in full, the court in full in footnotes. */
import { longName } from "./courts";
import { title } from "./titles";

export const STYLES = ["short", "footnote", "passage"] as const;
export type Style = (typeof STYLES)[number];

interface Cited {
  court: string;
  case_number: string;
  pronounced_on: string | null;
}

/** A passage of the decision: its section, its words, and the address that opens it. */
export interface CitedPassage {
  section: string;
  text: string;
  address: string;
}

const LONGEST = 400; // characters of a quotation; a longer one is shortened in its middle
const DAY = new Intl.DateTimeFormat("id", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

function day(date: string | null): string {
  return date ? DAY.format(new Date(`${date}T00:00:00Z`)) : "";
}

/** "Putusan PN Rimba Raya Nomor 45/Pid.B/2014/PN Rmr tanggal 23 Juni 2014". */
export function citation(decision: Cited): string {
  const pronounced = day(decision.pronounced_on);
  return `Putusan ${decision.court} Nomor ${decision.case_number}${pronounced && ` tanggal ${pronounced}`}`;
}

/** "Pengadilan Negeri Rimba Raya, Putusan Nomor 45/Pid.B/2014/PN Rmr, 23 Juni 2014, bagian Fakta hukum." */
export function footnote(decision: Cited, passage?: CitedPassage): string {
  const parts = [longName(decision.court), `Putusan Nomor ${decision.case_number}`, day(decision.pronounced_on)];
  if (passage) parts.push(`bagian ${title(passage.section)}`);
  return `${parts.filter(Boolean).join(", ")}.`;
}

/** The words of a passage in quotes, where they are from, and their address. */
export function quotation(decision: Cited, passage: CitedPassage): string {
  return `“${shortened(passage.text)}” (${citation(decision)}, bagian ${title(passage.section)}) ${passage.address}`;
}

function shortened(text: string): string {
  const points = [...text.replace(/\s+/g, " ").trim()];
  if (points.length <= LONGEST) return points.join("");
  const half = LONGEST / 2;
  return `${points.slice(0, half).join("").trimEnd()} […] ${points.slice(-half).join("").trimStart()}`;
}
