"use client";

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import Link from "next/link";
import { data } from "@/lib/api";
import { listCitingDocuments, listSimilarDocuments } from "@/lib/client/sdk.gen";
import type { CitationRead, DecisionRead, DecisionSummary } from "@/lib/client/types.gen";
import { citationAddress } from "@/lib/citations";
import { useWords } from "@/lib/i18n";
import { courtsight } from "@/lib/messages/courtsight";

const Graph = dynamic(() => import("./graph").then((found) => found.Graph), { ssr: false });

/** A decision beside another: where it is, whether this collection has it or not. */
export interface Relation {
  name: string;
  note: string;
  href: string;
}

/** What the decision cites, what cites it, and what is near it in meaning. */
export function Related({ decision, citations }: { decision: DecisionRead; citations: readonly CitationRead[] }) {
  const { t, language } = useWords(courtsight);
  const path = { document_id: decision.id };
  const citing = useQuery({ queryKey: ["citing", decision.id], queryFn: ({ signal }) => data(listCitingDocuments({ path, query: { items_per_page: 100 }, signal })) });
  const similar = useQuery({ queryKey: ["similar", decision.id], queryFn: ({ signal }) => data(listSimilarDocuments({ path, query: { limit: 5 }, signal })) });
  const cited = new Map<string, Relation>();
  for (const citation of citations) {
    if (citation.kind !== "decision" || citation.normalised === decision.case_number) continue;
    const href = citationAddress(language, citation);
    cited.set(citation.decision_id ?? citation.normalised, { name: citation.normalised, note: citation.decision_id ? "" : t("citedNot"), href });
  }
  const from = [...cited.values()];
  const to = (citing.data?.data ?? []).map((each) => relation(language, each));
  const near = (similar.data ?? []).map(({ decision: each }) => relation(language, each));
  return (
    <footer className="no-print mt-16 grid gap-10 border-t border-line pt-8">
      {(from.length > 0 || to.length > 0) && (
        <section>
          <h2 className="text-15 font-semibold text-quiet">{t("relations")}</h2>
          <Graph name={decision.case_number} cited={from} citing={to} />
        </section>
      )}
      <List name={t("cited")} relations={from} />
      <List name={t("citing")} relations={to} />
      <List name={t("similar")} relations={near} />
    </footer>
  );
}

function relation(language: string, { id, case_number, court, legal_area, outcome }: DecisionSummary): Relation {
  return { name: case_number, note: [court, legal_area, outcome].filter(Boolean).join(" · "), href: `/${language}/decision?id=${id}` };
}

const SHOWN = 6;

function List({ name, relations }: { name: string; relations: readonly Relation[] }) {
  const { t } = useWords(courtsight);
  const rows = relations.map((each) => (
    <li key={each.href} className="border-b border-line py-2">
      <Link href={each.href} prefetch={false} className="font-serif break-words">
        {each.name}
      </Link>
      <span className="block text-15 text-quiet">{each.note}</span>
    </li>
  ));
  return (
    <section>
      <h2 className="text-15 font-semibold text-quiet">{name}</h2>
      {rows.length === 0 && <p className="py-2 text-15 text-quiet">{t("none")}</p>}
      <ul>{rows.slice(0, SHOWN)}</ul>
      {rows.length > SHOWN && (
        <details>
          <summary className="cursor-default py-2 text-15 text-press">{t("more")}</summary>
          <ul>{rows.slice(SHOWN)}</ul>
        </details>
      )}
    </section>
  );
}
