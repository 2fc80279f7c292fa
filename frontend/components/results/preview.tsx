"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useEffect, useRef, useState } from "react";
import { Broken } from "../ui/notices";
import { FactLine } from "./hit";
import { data } from "@/lib/api";
import { readDocument } from "@/lib/client/sdk.gen";
import type { DecisionRead, SearchHit } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { courtsight } from "@/lib/messages/courtsight";
import { pieces, toPoints, toUnits } from "@/lib/offsets";
import { hitAddress } from "@/lib/search";
import type { SearchState } from "@/lib/search-url";
import { title } from "@/lib/titles";

const PAUSE = 250; // milliseconds that one stays with a hit before its text is asked for
const AROUND = 2500; // characters before and behind the passage

/** Beside the list on wide screens: the passage of a hit with what stands around it. */
export function Preview({ hit, state }: { hit: SearchHit; state: SearchState }) {
  const { t, language } = useWords(courtsight);
  const [settled, setSettled] = useState(hit);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(hit), PAUSE);
    return () => clearTimeout(timer);
  }, [hit]);
  const { id } = settled.decision;
  const decision = useQuery({
    queryKey: ["decision", id],
    queryFn: ({ signal }) => data(readDocument({ path: { document_id: id }, signal })),
  });
  return (
    <aside aria-label={t("preview")} className="sticky top-16 hidden max-h-[calc(100vh-4rem)] overflow-y-auto border-s border-line ps-8 pb-10 desk:block">
      <div className="sticky top-0 bg-paper pt-6 pb-2">
        <h2 className="font-serif text-20 font-semibold break-words">{settled.decision.case_number}</h2>
        <p className="text-15 text-quiet">
          <FactLine decision={settled.decision} />
        </p>
        <p className="mt-2 text-15">
          <Link href={hitAddress(language, settled, state)} prefetch={false}>
            {t("open")}
          </Link>
        </p>
      </div>
      {decision.isError ? <Broken error={decision.error} /> : decision.data && <Around decision={decision.data} hit={settled} />}
    </aside>
  );
}

function Around({ decision, hit }: { decision: DecisionRead; hit: SearchHit }) {
  const mark = useRef<HTMLElement>(null);
  const { snippet } = hit;
  const section = decision.sections.find((each) => each.name === snippet?.section) ?? decision.sections[0];
  useEffect(() => {
    const pane = mark.current?.closest("aside");
    if (mark.current && pane) pane.scrollTop = mark.current.offsetTop - pane.clientHeight / 3;
  }, [hit.decision.id]);
  if (!section) return null;
  const spans = snippet && snippet.section === section.name ? snippet.highlights.map(([start, end]) => [snippet.start + start, snippet.start + end]) : [];
  const [from = 0, to = 0] = toUnits(section.text, [snippet?.start ?? 0, snippet?.end ?? 0]);
  const first = Math.max(0, section.text.lastIndexOf("\n", Math.max(0, from - AROUND)) + 1);
  const text = section.text.slice(first, to + AROUND);
  const shift = toPoints(section.text, first);
  const shown = pieces(text, spans.map(([start = 0, end = 0]) => [start - shift, end - shift]));
  const leading = shown.findIndex((piece) => piece.marked);
  return (
    <div lang="id" className="decision-text mt-4">
      <h3 className="mb-2 font-sans text-15 font-semibold text-quiet">{title(section.name)}</h3>
      {shown.map((piece, place) =>
        piece.marked ? (
          <mark key={place} ref={place === leading ? mark : undefined}>
            {piece.text}
          </mark>
        ) : (
          piece.text
        ),
      )}
    </div>
  );
}
