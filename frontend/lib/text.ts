/** The text of a section, cut for the page. Offsets count UTF-16 units, as strings do; `offsets.ts` converts. */

export interface Span {
  start: number;
  end: number;
}

/** Some paragraphs that appear on the page together. */
export interface Block extends Span {
  paragraphs: Span[];
}

export interface Segment {
  text: string;
  /** The place of its link among the links, or null. */
  link: number | null;
  marked: boolean;
}

const TOGETHER = 40; // paragraphs
const LINE = 70; // letters

/** The lines of a text that say something. */
export function paragraphsOf(text: string): Span[] {
  const found: Span[] = [];
  for (const match of text.matchAll(/[^\n]*\S[^\n]*/g)) found.push({ start: match.index, end: match.index + match[0].length });
  return found;
}

export function blocksOf(paragraphs: readonly Span[]): Block[] {
  const blocks: Block[] = [];
  for (let first = 0; first < paragraphs.length; first += TOGETHER) {
    const own = paragraphs.slice(first, first + TOGETHER);
    blocks.push({ start: own[0]!.start, end: own.at(-1)!.end, paragraphs: own });
  }
  return blocks;
}

/** About how many lines a block takes. */
export function linesOf(block: Block): number {
  return block.paragraphs.reduce((sum, { start, end }) => sum + Math.ceil((end - start) / LINE), 0);
}

/** Those of some spans, in order of their starts, that overlap a part of the text. */
export function within<T extends Span>(spans: readonly T[], start: number, end: number): T[] {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle]!.end <= start) low = middle + 1;
    else high = middle;
  }
  const found: T[] = [];
  for (let at = low; at < spans.length && spans[at]!.start < end; at += 1) if (spans[at]!.end > start) found.push(spans[at]!);
  return found;
}

/** A part of a text, cut where links and marks begin and end. */
export function segmentsOf(text: string, { start, end }: Span, links: readonly Span[], marks: readonly Span[]): Segment[] {
  const cuts = new Set([start, end]);
  for (const span of [...links, ...marks]) for (const at of [span.start, span.end]) if (at > start && at < end) cuts.add(at);
  const order = [...cuts].sort((a, b) => a - b);
  const covers = (span: Span, at: number) => span.start <= at && at < span.end;
  return order.slice(0, -1).map((at, place) => {
    const link = links.findIndex((span) => covers(span, at));
    return { text: text.slice(at, order[place + 1]), link: link < 0 ? null : link, marked: marks.some((span) => covers(span, at)) };
  });
}
