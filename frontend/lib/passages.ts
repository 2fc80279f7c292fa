/** A passage of a decision, as an address names it: a section, and offsets in code points. */
import type { SectionRead } from "./client/types.gen";
import { pieces, toPoints, type Piece } from "./offsets";

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

/** A text in paragraphs, each of which is a line of it, cut where the passage begins and ends. */
export function paragraphs(text: string, passage: Passage | null): Piece[][] {
  const parts: Piece[][] = [[]];
  for (const piece of pieces(text, passage ? [[passage.start, passage.end]] : [])) {
    piece.text.split(/\n+/).forEach((part, place) => {
      if (place > 0) parts.push([]);
      if (part) parts.at(-1)?.push({ text: part, marked: piece.marked });
    });
  }
  return parts.filter((part) => part.length > 0);
}
