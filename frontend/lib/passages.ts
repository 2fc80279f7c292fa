/** A passage of a decision, as an address names it: a section, and offsets in code points. */
import type { SectionRead } from "./client/types.gen";
import { toPoints } from "./offsets";

export interface Passage {
  section: string;
  start: number;
  end: number;
}

export function readPassage(parameters: URLSearchParams): Passage | null {
  const section = parameters.get("section");
  const [start, end] = [Number(parameters.get("start") ?? NaN), Number(parameters.get("end") ?? NaN)];
  if (!section || !Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end <= start) return null;
  return { section, start, end };
}

/** Whether a decision has the passage: no other words are ever marked in its place. */
export function passageIn(sections: readonly SectionRead[], passage: Passage): boolean {
  const found = sections.find((section) => section.name === passage.section);
  return found !== undefined && passage.end <= toPoints(found.text, found.text.length);
}

/** The lasting address of a decision, or of a passage of it. */
export function permalink(id: string, passage?: Passage | null): string {
  const address = `/d/${id}`;
  if (!passage) return address;
  return `${address}?${new URLSearchParams({ s: passage.section, a: String(passage.start), b: String(passage.end) })}`;
}

/** The parameters of the page of a decision, opened at another passage. */
export function atPassage(parameters: URLSearchParams, passage: Passage | null): string {
  const changed = new URLSearchParams(parameters);
  for (const [name, value] of Object.entries({ section: passage?.section, start: passage?.start, end: passage?.end }))
    if (value === undefined) changed.delete(name);
    else changed.set(name, String(value));
  if (changed.has("original")) changed.set("original", ""); // goes along
  return `?${changed}`;
}
