/**
 * Offsets of the API count code points; strings here count UTF-16 units. All conversion is here.
 */

/** The index in UTF-16 units of each of some code point offsets, in one walk. Offsets beyond the end are the end. */
export function toUnits(text: string, offsets: readonly number[]): number[] {
  const order = offsets.map((offset, place) => ({ offset, place })).sort((a, b) => a.offset - b.offset);
  const found = new Array<number>(offsets.length).fill(text.length);
  let units = 0;
  let points = 0;
  for (const { offset, place } of order) {
    while (points < offset && units < text.length) {
      units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
      points += 1;
    }
    found[place] = units;
  }
  return found;
}

/** How many code points a string has up to an index in UTF-16 units. */
export function toPoints(text: string, units: number): number {
  let points = 0;
  for (let at = 0; at < units && at < text.length; points += 1) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return points;
}

const ASTRAL = /[\ud800-\udbff]/;

/** How many code points a string has up to each of some indexes in UTF-16 units, which rise; in one walk. */
export function allPoints(text: string, units: readonly number[]): number[] {
  if (!ASTRAL.test(text)) return [...units];
  let [at, points] = [0, 0];
  return units.map((unit) => {
    for (; at < unit && at < text.length; points += 1) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    return points;
  });
}

export interface Piece {
  text: string;
  marked: boolean;
}

/** A text cut at its highlights: `[start, end]` in code points, which may touch or overlap. */
export function pieces(text: string, highlights: readonly (readonly number[])[]): Piece[] {
  const flat = toUnits(text, highlights.flatMap(([start = 0, end = 0]) => [start, end]));
  const spans = highlights.map((_, place) => [flat[2 * place] ?? 0, flat[2 * place + 1] ?? 0] as const);
  spans.sort((a, b) => a[0] - b[0]);
  const cut: Piece[] = [];
  let at = 0;
  for (const [start, end] of spans) {
    if (end <= at) continue;
    if (start > at) cut.push({ text: text.slice(at, start), marked: false });
    cut.push({ text: text.slice(Math.max(at, start), end), marked: true });
    at = end;
  }
  if (at < text.length) cut.push({ text: text.slice(at), marked: false });
  return cut;
}
