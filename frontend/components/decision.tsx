"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { useEffect, useMemo, useRef, useState } from "react";
import { Broken, Skeleton } from "./ui/notices";
import { Trouble, data } from "@/lib/api";
import { citation } from "@/lib/citation";
import { listCitingDocuments, listSimilarDocuments, readDocument } from "@/lib/client/sdk.gen";
import type { DecisionRead, DecisionSummary } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { courtsight } from "@/lib/messages/courtsight";
import { paragraphs, passageIn, readPassage, type Passage } from "@/lib/passages";
import { title } from "@/lib/titles";

/** A decision as the court wrote it, opened at the passage that the address names. */
export function Decision() {
  const { t, language } = useWords(courtsight);
  const parameters = useSearchParams();
  const id = parameters.get("id") ?? "";
  const decision = useQuery({
    queryKey: ["decision", id],
    enabled: id !== "",
    queryFn: ({ signal }) => data(readDocument({ path: { document_id: id }, signal })),
  });
  const missing = id === "" || (decision.error instanceof Trouble && [404, 422].includes(decision.error.status ?? 0));
  return (
    <main id="main" className="mx-auto max-w-page px-4 pb-16">
      {parameters.get("from") && (
        <p className="no-print pt-4 text-15">
          <Link href={`/${language}/search?${parameters.get("from")}`} prefetch={false}>
            ← {t("backToList")}
          </Link>
        </p>
      )}
      {missing ? (
        <section className="py-10">
          <h1 className="font-serif text-26">{t("noDecision")}</h1>
          <p className="mt-2 text-quiet">{t("noDecisionAdvice")}</p>
        </section>
      ) : decision.isError ? (
        <Broken error={decision.error} again={() => void decision.refetch()} />
      ) : !decision.data ? (
        <Skeleton />
      ) : (
        <Text decision={decision.data} passage={readPassage(parameters)} />
      )}
    </main>
  );
}

function Text({ decision, passage }: { decision: DecisionRead; passage: Passage | null }) {
  const { t } = useWords(courtsight);
  const mark = useRef<HTMLElement>(null);
  const fits = passage !== null && passageIn(decision.sections, passage);
  useEffect(() => leadTo(mark.current), [decision.id, passage?.section, passage?.start]);
  return (
    <div className="wide:grid wide:grid-cols-[12rem_minmax(0,1fr)_16rem] wide:gap-10">
      <nav aria-label={t("outline")} className="no-print hidden pt-10 wide:block">
        <ul className="sticky top-20 text-15">
          {decision.sections.map((section) => (
            <li key={section.name} className="py-1">
              <a href={`#${section.name}`} className="no-underline">
                {title(section.name)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <article className="mx-auto max-w-read pt-6">
        <h1 className="font-serif text-26 font-semibold break-words">{decision.case_number}</h1>
        <p className="text-quiet">{decision.court}</p>
        <CopyCitation decision={decision} />
        {passage && !fits && (
          <p role="status" className="mt-4 rounded bg-raised p-3 text-15">
            {t("passageGone")}
          </p>
        )}
        <Facts decision={decision} className="mt-6 wide:hidden" />
        {decision.sections.map((section) => (
          <section key={section.name} id={section.name} lang="id" className="decision-text">
            <h2 className="mt-10 mb-4 font-sans text-15 font-semibold text-quiet">{title(section.name)}</h2>
            <Paragraphs text={section.text} passage={fits && passage.section === section.name ? passage : null} mark={mark} />
          </section>
        ))}
        <Others decision={decision} />
      </article>
      <aside className="hidden pt-10 wide:block">
        <Facts decision={decision} className="sticky top-20" />
      </aside>
    </div>
  );
}

/**
 * Bring a passage into the middle. Paragraphs that were never on screen have an estimated height, so the page grows as it
 * comes there: it is asked for again until it stays.
 */
function leadTo(passage: HTMLElement | null): (() => void) | undefined {
  if (!passage) return undefined;
  let [left, place, frame] = [20, NaN, 0];
  function step() {
    passage?.scrollIntoView({ block: "center", behavior: "instant" });
    const now = passage?.getBoundingClientRect().top ?? 0;
    left -= 1;
    if (left > 0 && (Math.abs(now - place) > 1 || left > 17)) frame = requestAnimationFrame(step);
    else passage?.focus({ preventScroll: true });
    place = now;
  }
  frame = requestAnimationFrame(step);
  return () => cancelAnimationFrame(frame);
}

function Paragraphs({ text, passage, mark }: { text: string; passage: Passage | null; mark: React.RefObject<HTMLElement | null> }) {
  const parts = useMemo(() => paragraphs(text, passage), [text, passage?.start, passage?.end]);
  return parts.map((pieces, place) => {
    const first = pieces.findIndex((piece) => piece.marked);
    return (
      <p key={place} className="mb-2" dir="auto">
        {pieces.map((piece, number) =>
          piece.marked ? (
            <mark key={number} ref={number === first ? mark : undefined} tabIndex={number === first ? -1 : undefined}>
              {piece.text}
            </mark>
          ) : (
            piece.text
          ),
        )}
      </p>
    );
  });
}

function Facts({ decision, className }: { decision: DecisionRead; className: string }) {
  const { t, day } = useWords(courtsight);
  const judges = [...new Set([decision.presiding_judge, ...decision.judges])].filter(Boolean);
  const rows: [string, string][] = [
    [t("pronounced"), decision.pronounced_on ? day(decision.pronounced_on) : String(decision.year ?? "")],
    [t("outcome"), decision.outcome],
    [t("area"), decision.legal_area],
    [t("judges"), judges.join("\n")],
  ];
  return (
    <dl aria-label={t("facts")} className={`text-15 ${className}`}>
      {rows.map(
        ([name, value]) =>
          value && (
            <div key={name} className="border-b border-line py-2">
              <dt className="text-quiet">{name}</dt>
              <dd dir="auto" className="whitespace-pre-line">{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

function CopyCitation({ decision }: { decision: DecisionRead }) {
  const { t } = useWords(courtsight);
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 3000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      className="no-print mt-3 rounded border border-faint px-3 py-1 text-15"
      onClick={() => void navigator.clipboard.writeText(citation(decision)).then(() => setCopied(true))}
    >
      <span aria-live="polite">{copied ? t("copied") : t("copyCitation")}</span>
    </button>
  );
}

function Others({ decision }: { decision: DecisionRead }) {
  const { t } = useWords(courtsight);
  const path = { document_id: decision.id };
  const citing = useQuery({ queryKey: ["citing", decision.id], queryFn: ({ signal }) => data(listCitingDocuments({ path, signal })) });
  const similar = useQuery({ queryKey: ["similar", decision.id], queryFn: ({ signal }) => data(listSimilarDocuments({ path, signal })) });
  const near = similar.data as { data?: { decision: DecisionSummary }[] } | undefined;
  return (
    <footer className="no-print mt-16">
      <List name={t("citing")} decisions={citing.data?.data ?? []} />
      <List name={t("similar")} decisions={near?.data?.map((each) => each.decision) ?? []} />
    </footer>
  );
}

function List({ name, decisions }: { name: string; decisions: DecisionSummary[] }) {
  const { language, t } = useWords(courtsight);
  return (
    <section className="mt-6">
      <h2 className="text-15 font-semibold text-quiet">{name}</h2>
      {decisions.length === 0 && <p className="py-2 text-15 text-quiet">{t("none")}</p>}
      <ul>
        {decisions.slice(0, 5).map((each) => (
          <li key={each.id} className="border-b border-line py-2">
            <Link href={`/${language}/decision?id=${each.id}`} prefetch={false}>
              {each.case_number}
            </Link>
            <span className="block text-15 text-quiet">{[each.court, each.legal_area].filter(Boolean).join(" · ")}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
