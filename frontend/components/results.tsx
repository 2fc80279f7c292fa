"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { useEffect } from "react";
import { FacetList } from "./facet-list";
import { Marked } from "./marked";
import { Broken, Skeleton } from "./ui/notices";
import { data } from "@/lib/api";
import { searchDocuments } from "@/lib/client/sdk.gen";
import type { SearchHit } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { courtsight, type CourtKey } from "@/lib/messages/courtsight";
import { FACETS, apiFilters, readSearch, writeSearch, type SearchState } from "@/lib/search-url";

const ROWS = 20;

/** The list of a search, with its filters. All of its state is in the address. */
export function Results() {
  const { t, language } = useWords(courtsight);
  const parameters = useSearchParams().toString();
  const state = readSearch(new URLSearchParams(parameters));
  const { query, page, filters } = state;
  const answer = useQuery({
    queryKey: ["search", language, parameters],
    enabled: query !== "",
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      data(searchDocuments({ body: { query, page, items_per_page: ROWS, filters: apiFilters(filters) }, signal })),
  });
  const at = (changes: Partial<SearchState>) => `/${language}/search${writeSearch({ ...state, page: 1, ...changes })}`;
  useEffect(() => {
    document.title = query ? `${query} – CourtSight` : "CourtSight";
  }, [query]);

  return (
    <main id="main" className="mx-auto max-w-page px-4 pb-16 wide:grid wide:grid-cols-[16rem_minmax(0,1fr)] wide:gap-10">
      <FacetList state={state} at={at} />
      <div className="max-w-read">
        <ActiveFilters state={state} at={at} />
        {query === "" ? (
          <p className="py-10 text-quiet">{t("startAdvice")}</p>
        ) : answer.isError ? (
          <Broken error={answer.error} again={() => void answer.refetch()} />
        ) : !answer.data ? (
          <Skeleton />
        ) : (
          <div aria-busy={answer.isPlaceholderData} className={answer.isPlaceholderData ? "opacity-60" : ""}>
            <h1 className="py-4 text-15 text-quiet" role="status">
              {answer.data.total_count === 1 ? t("foundOne") : t("found", { count: answer.data.total_count })}
              
            </h1>
            {answer.data.data.length === 0 ? (
              <Nothing state={state} at={at} />
            ) : (
              <ol>
                {answer.data.data.map((hit) => (
                  <Hit key={hit.decision.id} hit={hit} parameters={parameters} />
                ))}
              </ol>
            )}
            <Pages page={page} pages={answer.data.total_pages} more={answer.data.has_more} at={at} />
          </div>
        )}
      </div>
    </main>
  );
}

interface Here {
  state: SearchState;
  at: (changes: Partial<SearchState>) => string;
}

function ActiveFilters({ state, at }: Here) {
  const { t } = useWords(courtsight);
  const active = FACETS.filter((facet) => state.filters[facet]);
  if (!active.length) return null;
  return (
    <ul className="flex flex-wrap gap-2 pt-4">
      {active.map((facet) => {
        const value = state.filters[facet] ?? "";
        const name = facet === "level" ? t(`level_${value}` as CourtKey) : value;
        return (
          <li key={facet}>
            <Link href={at({ filters: { ...state.filters, [facet]: undefined } })} prefetch={false} aria-label={t("remove", { name })} className="flex items-center gap-2 rounded bg-raised px-3 py-1 text-15 text-ink no-underline">
              {name} <span aria-hidden>×</span>
            </Link>
          </li>
        );
      })}
      <li>
        <Link href={at({ filters: {} })} prefetch={false} className="block px-1 py-1 text-15">
          {t("clearFilters")}
        </Link>
      </li>
    </ul>
  );
}

function Hit({ hit, parameters }: { hit: SearchHit; parameters: string }) {
  const { t, language, day } = useWords(courtsight);
  const { decision, snippet } = hit;
  const address = new URLSearchParams({ id: decision.id });
  if (snippet) {
    address.set("section", snippet.section);
    address.set("start", String(snippet.start));
    address.set("end", String(snippet.end));
  }
  address.set("from", parameters);
  const facts = [
    decision.court,
    decision.pronounced_on ? day(decision.pronounced_on) : decision.year,
    decision.legal_area,
    decision.outcome,
  ].filter(Boolean);
  return (
    <li className="border-b border-line py-4">
      <Link href={`/${language}/decision?${address}`} prefetch={false} className="font-serif text-20 font-semibold">
        {decision.case_number}
      </Link>
      <p className="text-15 text-quiet">{facts.join(" · ")}</p>
      {snippet && (
        <p className="mt-2 font-serif text-17" dir="auto">
          … <Marked text={snippet.text} highlights={snippet.highlights} /> …
        </p>
      )}
      {hit.why.length > 0 && <p className="mt-1 text-13 text-quiet">{hit.why.join(" · ")}</p>}
      {decision.fictitious && <span className="sr-only">{t("fictitious")}</span>}
    </li>
  );
}

function Nothing({ state, at }: Here) {
  const { t } = useWords(courtsight);
  const filtered = Object.values(state.filters).some(Boolean);
  return (
    <section className="py-10">
      <h2 className="font-serif text-26">{t(filtered ? "nothingFiltered" : "nothing", { query: state.query })}</h2>
      <p className="mt-2 text-quiet">{t("nothingAdvice")}</p>
      {filtered && (
        <p className="mt-4">
          <Link href={at({ filters: {} })} prefetch={false}>
            {t("clearFilters")}
          </Link>
        </p>
      )}
    </section>
  );
}

function Pages({ page, pages, more, at }: { page: number; pages: number; more: boolean; at: Here["at"] }) {
  const { t } = useWords(courtsight);
  if (pages < 2) return null;
  return (
    <nav className="flex items-center gap-6 py-6 text-15">
      {page > 1 && (
        <Link rel="prev" href={at({ page: page - 1 })} prefetch={false} className="py-2">
          {t("previous")}
        </Link>
      )}
      <span className="text-quiet tabular-nums">{t("pageOf", { page, pages })}</span>
      {more && (
        <Link rel="next" href={at({ page: page + 1 })} prefetch={false} className="py-2">
          {t("next")}
        </Link>
      )}
    </nav>
  );
}
