"use client";

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useSearchParams } from "next/navigation";
import { useCallback, useDeferredValue, useEffect, useMemo, useRef } from "react";
import { Facts } from "./decision/facts";
import { useKeys } from "./decision/keys";
import { leadTo } from "./decision/lead";
import { Neighbours } from "./decision/neighbours";
import { Outline } from "./decision/outline";
import { DecisionText } from "./decision/text";
import { Broken, Skeleton } from "./ui/notices";
import { Trouble, data } from "@/lib/api";
import { useCitations } from "@/lib/citations";
import { listMatches, readDocument } from "@/lib/client/sdk.gen";
import type { DecisionRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { courtsight } from "@/lib/messages/courtsight";
import { atPassage, passageIn, permalink, readPassage, type Passage } from "@/lib/passages";
import { readSearch } from "@/lib/search-url";

const Cite = dynamic(() => import("./decision/cite").then((found) => found.Cite), { ssr: false, loading: () => <span className="inline-block min-h-9" /> });
const Hits = dynamic(() => import("./decision/hits").then((found) => found.Hits), { ssr: false });
const Original = dynamic(() => import("./decision/original").then((found) => found.Original), { ssr: false });
const Related = dynamic(() => import("./decision/related").then((found) => found.Related), { ssr: false });
const Selection = dynamic(() => import("./decision/selection").then((found) => found.Selection), { ssr: false });
const LinkPreview = dynamic(() => import("./decision/link-preview").then((found) => found.LinkPreview), { ssr: false });
const VERDICT = /amar/;

/** A decision as the court wrote it, opened at the passage that the address names. */
export function Decision() {
  const { t } = useWords(courtsight);
  const parameters = useSearchParams();
  const id = parameters.get("id") ?? "";
  const decision = useQuery({
    queryKey: ["decision", id],
    enabled: id !== "",
    queryFn: ({ signal }) => data(readDocument({ path: { document_id: id }, signal })),
  });
  const shown = useDeferredValue(decision.data); // drawn bit by bit, so that a phone stays free for its reader
  const number = decision.data?.case_number;
  useEffect(() => {
    if (number) document.title = `${number} – CourtSight`;
  }, [number]);
  const missing = id === "" || (decision.error instanceof Trouble && [404, 422].includes(decision.error.status ?? 0));
  return (
    <main id="main" className="mx-auto max-w-page px-4 pb-24">
      <Neighbours id={id} from={parameters.get("from")} />
      {missing ? (
        <section className="py-10">
          <h1 className="font-serif text-26">{t("noDecision")}</h1>
          <p className="mt-2 text-quiet">{t("noDecisionAdvice")}</p>
        </section>
      ) : decision.isError ? (
        <Broken error={decision.error} again={() => void decision.refetch()} />
      ) : !shown || shown.id !== decision.data?.id ? (
        <Skeleton />
      ) : (
        <Opened key={shown.id} decision={shown} />
      )}
    </main>
  );
}

function Opened({ decision }: { decision: DecisionRead }) {
  const { t, language, day } = useWords(courtsight);
  const parameters = useSearchParams();
  const from = parameters.get("from");
  const search = useMemo(() => readSearch(new URLSearchParams(parameters.get("q") !== null ? { q: parameters.get("q") ?? "" } : (from ?? ""))), [parameters, from]);
  const named = readPassage(parameters);
  const passage = useMemo(
    () => (named && passageIn(decision.sections, named) ? named : null),
    [decision, named?.section, named?.start, named?.end],
  );
  const article = useRef<HTMLElement>(null);
  const citations = useCitations(decision.id);
  const matches = useQuery({
    queryKey: ["matches", decision.id, search.query, search.asTyped],
    enabled: search.query !== "",
    staleTime: Infinity,
    queryFn: ({ signal }) =>
      data(listMatches({ path: { document_id: decision.id }, query: { q: search.query, as_typed: search.asTyped }, signal })),
  });
  const goTo = useCallback(
    (to: Passage | null) => history.replaceState(null, "", atPassage(new URLSearchParams(location.search), to)),
    [],
  );
  const verdict = decision.sections.find((section) => VERDICT.test(section.name))?.name;
  useKeys({ v: () => verdict && leadTo(document.getElementById(verdict), "start") });
  const split = parameters.has("original");
  const hits = matches.data && <Hits matches={matches.data} sections={decision.sections} passage={passage} goTo={goTo} />;
  return (
    <div className={split ? "beside" : "wide:grid wide:grid-cols-[12rem_minmax(0,1fr)_17rem] wide:gap-10"}>
      {!split && <Outline sections={decision.sections} verdict={verdict} />}
      <article ref={article} className="mx-auto w-full max-w-read pt-6">
        <h1 className="font-serif text-26 font-semibold break-words">{decision.case_number}</h1>
        <p className="text-quiet">{decision.court}</p>
        <p className="only-print text-13">
          {t("retrieved", { day: day(new Date().toISOString().slice(0, 10)), address: address(decision.id, passage) })}
        </p>
        <Cite decision={decision} passage={passage} />
        {named && !passage && (
          <p role="status" className="mt-4 rounded bg-raised p-3 text-15">
            {t("passageGone")}
          </p>
        )}
        <Facts decision={decision} className={split ? "mt-6" : "mt-6 wide:hidden"} />
        <DecisionText decision={decision} passage={passage} matches={matches.data?.data} citations={citations} language={language} goTo={goTo} />
        <Related decision={decision} citations={citations} />
      </article>
      {split ? (
        <Original decision={decision} passage={passage}>
          {hits}
        </Original>
      ) : (
        <aside className="no-print hidden pt-6 wide:block">
          <div tabIndex={0} className="sticky top-20 max-h-[calc(100vh-5rem)] overflow-y-auto pb-6">
            <Facts decision={decision} />
          </div>
        </aside>
      )}
      {hits}
      <Selection article={article} decision={decision} />
      <LinkPreview article={article} citations={citations} />
    </div>
  );
}

function address(id: string, passage: Passage | null): string {
  return typeof location === "undefined" ? "" : location.origin + permalink(id, passage);
}
