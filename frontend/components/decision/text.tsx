"use client";

import Link from "next/link";
import { memo, startTransition, useEffect, useMemo, useRef, useState } from "react";
import { leadToPassage } from "./lead";
import { citationAddress } from "@/lib/citations";
import type { CitationRead, DecisionRead, Match, SectionRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { courtsight } from "@/lib/messages/courtsight";
import { allPoints, toUnits } from "@/lib/offsets";
import { permalink, type Passage } from "@/lib/passages";
import { blocksOf, linesOf, paragraphsOf, segmentsOf, within, type Block, type Span } from "@/lib/text";
import { title } from "@/lib/titles";

const AT_FIRST = 8; // blocks that are there at once
const EACH_TIME = 10; // blocks that follow whenever the browser has time
const LINE = 1.8; // rem
const HIGHLIGHT = "match";

interface Linked extends Span {
  citation: CitationRead;
  number: number;
}

/** A section, cut for the page. */
interface Cut {
  section: SectionRead;
  blocks: Block[];
  /** The number of its first block among those of all sections. */
  first: number;
}

/** Whether the browser can mark text without elements (CSS Custom Highlight API). */
const paints = () => typeof CSS !== "undefined" && "highlights" in CSS && typeof Highlight !== "undefined";

interface Shown {
  decision: DecisionRead;
  passage: Passage | null;
  matches: Match[] | undefined;
  citations: CitationRead[];
  language: string;
  goTo: (passage: Passage) => void;
}

/**
 * The sections of a decision. What is far from the passage comes bit by bit, so that two million characters
 * neither hold the page up nor stand still under a finger.
 */
export function DecisionText({ decision, passage, matches, citations, language, goTo }: Shown) {
  const { t } = useWords(courtsight);
  const sections = useMemo(() => cut(decision.sections), [decision]);
  const places = useMemo(() => unitsOf(decision.sections, matches ?? [], citations, passage), [decision, matches, citations, passage]);
  const wanted = passage ? blockAt(sections, passage.section, places.get(passage.section)?.passage?.start ?? 0) : 0;
  const total = sections.reduce((sum, { blocks }) => sum + blocks.length, 0);
  const ready = useGradually(total);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => (passage ? leadToPassage(root.current?.querySelector<HTMLElement>("[data-passage]") ?? null) : undefined), [passage]);

  /** A paragraph's own link stays on the page; its address is what others can copy. */
  function open(event: React.MouseEvent) {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-start]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { section = "", start, end } = link.dataset;
    goTo({ section, start: Number(start), end: Number(end) });
  }

  return (
    <div ref={root} data-text onClick={open}>
      {sections.map(({ section, blocks, first }) => {
        const own = places.get(section.name);
        return (
          <section key={section.name} id={section.name} data-section={section.name} lang="id" className="decision-text">
            <h2 className="mt-10 mb-4 font-sans text-15 font-semibold text-quiet">{title(section.name)}</h2>
            {blocks.map((block, place) =>
              first + place < ready || first + place === wanted || first + place === wanted + 1 ? (
                <Paragraphs
                  key={block.start}
                  id={decision.id}
                  section={section}
                  block={block}
                  links={own?.links ?? NO_LINKS}
                  matches={own?.matches ?? NO_SPANS}
                  passage={own?.passage && overlaps(own.passage, block) ? own.passage : null}
                  language={language}
                  label={t("paragraphLink")}
                  long={total > AT_FIRST}
                />
              ) : (
                <div key={block.start} style={{ blockSize: `${linesOf(block) * LINE}rem` }} />
              ),
            )}
          </section>
        );
      })}
    </div>
  );
}

const NO_LINKS: Linked[] = [];
const NO_SPANS: Span[] = [];

interface ParagraphsProps {
  id: string;
  section: SectionRead;
  block: Block;
  links: Linked[];
  matches: Span[];
  passage: Span | null;
  language: string;
  label: string;
  /** Whether the browser may leave out what is far from the screen. */
  long: boolean;
}

const Paragraphs = memo(function Paragraphs({ id, section, block, links, matches, passage, language, label, long }: ParagraphsProps) {
  const root = useRef<HTMLDivElement>(null);
  const elements = !paints();
  useEffect(() => paint(root.current, block, matches), [block, matches, links, passage]);
  const points = useMemo(() => allPoints(section.text, block.paragraphs.flatMap(({ start, end }) => [start, end])), [section, block]);
  let led = false;
  return (
    <div ref={root} className={long ? "far" : undefined}>
      {block.paragraphs.map((paragraph, place) => {
        const own = within(links, paragraph.start, paragraph.end);
        const marks = elements ? within(matches, paragraph.start, paragraph.end) : [];
        const all = passage && overlaps(passage, paragraph) ? [passage, ...marks] : marks;
        const [start = 0, end = 0] = [points[2 * place], points[2 * place + 1]];
        return (
          <p key={paragraph.start} dir="auto" data-from={paragraph.start} className="group/p relative mb-2">
            <a
              href={permalink(id, { section: section.name, start, end })}
              data-section={section.name}
              data-start={start}
              data-end={end}
              tabIndex={-1}
              aria-label={label}
              className="pilcrow no-print"
            />
            {segmentsOf(section.text, paragraph, own, all).map((segment, number) => {
              const inside = segment.marked ? (
                <mark
                  {...(!led && passage && (led = true) ? { "data-passage": true, tabIndex: -1 } : {})}
                >
                  {segment.text}
                </mark>
              ) : (
                segment.text
              );
              const link = segment.link === null ? undefined : own[segment.link];
              return link ? (
                <Link key={number} href={citationAddress(language, link.citation)} prefetch={false} data-citation={link.number} className="citation">
                  {inside}
                </Link>
              ) : segment.marked ? (
                <span key={number}>{inside}</span>
              ) : (
                inside
              );
            })}
          </p>
        );
      })}
    </div>
  );
});

/** Mark the matches of a block without touching its elements. */
function paint(root: HTMLElement | null, block: Block, matches: Span[]): (() => void) | undefined {
  if (!root || !paints() || !matches.length) return undefined;
  const highlight = CSS.highlights.get(HIGHLIGHT) ?? new Highlight();
  CSS.highlights.set(HIGHLIGHT, highlight);
  const ranges: Range[] = [];
  block.paragraphs.forEach((paragraph, place) => {
    const element = root.children[place];
    if (!element) return;
    for (const match of within(matches, paragraph.start, paragraph.end)) {
      const range = rangeIn(element, match.start - paragraph.start, match.end - paragraph.start);
      if (range) ranges.push(range);
    }
  });
  ranges.forEach((range) => highlight.add(range));
  return () => ranges.forEach((range) => highlight.delete(range));
}

/** A part of the text of an element, by UTF-16 units. */
function rangeIn(element: Element, start: number, end: number): Range | null {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  let [at, begun] = [0, false];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const length = node.nodeValue?.length ?? 0;
    if (!begun && start < at + length) {
      range.setStart(node, Math.max(0, start - at));
      begun = true;
    }
    if (begun && end <= at + length) {
      range.setEnd(node, end - at);
      return range;
    }
    at += length;
  }
  if (begun) range.setEndAfter(element.lastChild ?? element);
  return begun ? range : null;
}

/** How many blocks there are so far: some at once, the others when the browser has time. */
function useGradually(total: number): number {
  const [ready, setReady] = useState(AT_FIRST);
  useEffect(() => {
    if (ready >= total) return undefined;
    const more = () => startTransition(() => setReady((before) => before + EACH_TIME));
    if (typeof requestIdleCallback === "undefined") {
      const timer = setTimeout(more, 16);
      return () => clearTimeout(timer);
    }
    const handle = requestIdleCallback(more, { timeout: 200 });
    return () => cancelIdleCallback(handle);
  }, [ready, total]);
  return ready;
}

function cut(sections: readonly SectionRead[]): Cut[] {
  let first = 0;
  return sections.map((section) => {
    const found = { section, blocks: blocksOf(paragraphsOf(section.text)), first };
    first += found.blocks.length;
    return found;
  });
}

function blockAt(sections: readonly Cut[], name: string, start: number): number {
  const found = sections.find(({ section }) => section.name === name);
  if (!found) return 0;
  const place = found.blocks.findIndex((block) => block.end > start);
  return found.first + Math.max(0, place);
}

function overlaps(one: Span, other: Span): boolean {
  return one.start < other.end && one.end > other.start;
}

interface Places {
  links: Linked[];
  matches: Span[];
  passage: Span | null;
}

/** All offsets of each section in UTF-16 units, in one walk of its text. */
function unitsOf(sections: readonly SectionRead[], matches: readonly Match[], citations: readonly CitationRead[], passage: Passage | null): Map<string, Places> {
  const places = new Map<string, Places>();
  for (const { name, text } of sections) {
    const own = matches.filter((match) => match.section === name);
    const cited = citations.map((citation, number) => ({ citation, number })).filter(({ citation }) => citation.section === name);
    const here = passage?.section === name ? [passage] : [];
    const spans = [...own, ...cited.map(({ citation }) => citation), ...here];
    const units = toUnits(text, spans.flatMap(({ start, end }) => [start, end]));
    const spanAt = (place: number): Span => ({ start: units[2 * place] ?? 0, end: units[2 * place + 1] ?? 0 });
    places.set(name, {
      matches: own.map((_, place) => spanAt(place)),
      links: cited.map((one, place) => ({ ...one, ...spanAt(own.length + place) })).sort((a, b) => a.start - b.start),
      passage: here.length ? spanAt(own.length + cited.length) : null,
    });
  }
  return places;
}
