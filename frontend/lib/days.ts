/** Days as people name them, `2026-11-29`, and the moments at which they begin somewhere. */
import { dateFormat } from "./formats";

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MILLISECONDS = 86_400_000;

/** A day of the address, or `""` where it is none. */
export function readDay(text: string | null): string {
  return text && DAY.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) ? text : "";
}

/** So many days later. */
export function later(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * MILLISECONDS).toISOString().slice(0, 10);
}

/** The day that it is at a moment, in a time zone. */
export function dayOf(moment: Date, timeZone?: string): string {
  return dateFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", ...(timeZone && { timeZone }) }).format(moment);
}

/** The moment at which a day begins in a time zone (RFC 3339, UTC). */
export const beginOf = (day: string, timeZone?: string): string => momentAt(`${day}T00:00:00`, timeZone);

const clockIn = (timeZone?: string) =>
  dateFormat("en-CA", { dateStyle: "short", timeStyle: "medium", hourCycle: "h23", ...(timeZone && { timeZone }) });

/** What clocks and calendars of a time zone show at a moment: `2026-11-29T08:00:00`. */
export const shownAt = (moment: string, timeZone?: string): string => clockIn(timeZone).format(new Date(moment)).replace(", ", "T");

/** The moment at which they show that (RFC 3339, UTC). */
export function momentAt(shown: string, timeZone?: string): string {
  const wanted = Date.parse(`${shown}Z`);
  let moment = wanted;
  // Twice: the first guess may lie on the other side of a change of the clock.
  for (let round = 0; round < 2; round++) {
    moment += wanted - Date.parse(`${shownAt(new Date(moment).toISOString(), timeZone)}Z`);
  }
  return new Date(moment).toISOString();
}

export type Step = "day" | "week" | "month";

/** How long a column of a chart is, so that there are some thirty at most. */
export function stepOf(days: number): Step {
  return days <= 31 ? "day" : days <= 100 ? "week" : "month";
}

/** Rows by day put together into weeks (from Monday) or months, named by their first day. */
export function together<R extends { day: string }>(rows: readonly R[], step: Step): { day: string; rows: R[] }[] {
  const parts = new Map<string, R[]>();
  for (const row of rows) {
    const first = step === "day" ? row.day : step === "month" ? `${row.day.slice(0, 7)}-01` : later(row.day, -((new Date(`${row.day}T00:00:00Z`).getUTCDay() + 6) % 7));
    parts.set(first, [...(parts.get(first) ?? []), row]);
  }
  return [...parts].map(([day, own]) => ({ day, rows: own }));
}
