"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { useDeferredValue, useEffect, useState } from "react";
import { ActiveFilters } from "./active-filters";
import { FacetList } from "./facet-list";
import { Broken, Skeleton } from "./ui/notices";
import { Controls } from "./results/controls";
import { Hit } from "./results/hit";
import { Understood } from "./results/understood";
import { data } from "@/lib/api";
import { readFacets } from "@/lib/client/sdk.gen";
import type { Facets } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { courtsight, type CourtKey } from "@/lib/messages/courtsight";
import { ROWS, useSearch, type Found } from "@/lib/search";
import { apiCounting, isFiltered, readSearch, writeSearch, type Facet, type SearchState, type Single } from "@/lib/search-url";

const FilterSheet = dynamic(() => import("./results/filter-sheet").then((found) => found.FilterSheet), { ssr: false, loading: () => <span className="block min-h-11" /> }); // the list must not move under a finger
const Preview = dynamic(() => import("./results/preview").then((found) => found.Preview), { ssr: false });
const WIDE = "(min-width: 90rem)";

/** What the parts of the page know of the search: its state, and the address of another one. */
export interface Here {
  state: SearchState;
  at: (changes: Partial<SearchState>) => string;
}

/** The list of a search, with its filters. All of its state is in the address. */
export function Results() {
  const { language } = useWords(courtsight);
  const state = readSearch(new URLSearchParams(useSearchParams().toString()));
  const answer = useSearch(state);
  const counting = { ...state, page: 1, sort: "relevance" as const };
  const facets = useQuery({
    queryKey: ["facets", writeSearch(counting)],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => data(readFacets({ query: apiCounting(state), signal })),
  });
  const [pointed, setPointed] = useState("");
  const wide = useWide();
  const at = (changes: Partial<SearchState>) => `/${language}/search${writeSearch({ ...state, page: 1, ...changes })}`;
  const here = { state, at };
  useEffect(() => {
    document.title = state.query ? `${state.query} – CourtSight` : "CourtSight";
  }, [state.query]);
  const found = useDeferredValue(answer.data); // drawn bit by bit, so that a phone stays free for its reader
  const hits = found?.data ?? [];
  const shown = hits.find((hit) => hit.decision.id === pointed) ?? hits[0];

  return (
    <main id="main" className="mx-auto max-w-desk px-4 pb-16 wide:grid wide:grid-cols-[17rem_minmax(0,1fr)] wide:gap-10 desk:grid-cols-[17rem_minmax(0,42rem)_minmax(0,1fr)]">
      <aside aria-labelledby="filters" className="hidden pt-6 wide:sticky wide:top-16 wide:block wide:max-h-[calc(100vh-4rem)] wide:overflow-y-auto">
        <h2 id="filters" className="sr-only">
          <FiltersName />
        </h2>
        <FacetList {...here} facets={facets.data} />
      </aside>
      <div className="min-w-0">
        <ActiveFilters {...here} />
        {answer.isError ? (
          <Broken error={answer.error} again={() => void answer.refetch()} />
        ) : !found ? (
          <Skeleton />
        ) : (
          <div aria-busy={answer.isPlaceholderData} className={answer.isPlaceholderData ? "opacity-60" : ""}>
            <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-2 pt-4">
              <Count found={found} facets={facets.isPlaceholderData ? undefined : facets.data} />
              <span className="wide:hidden">
                <FilterSheet {...here} facets={facets.data} />
              </span>
            </div>
            <Understood {...here} answer={found} />
            {hits.length > 0 && <Controls {...here} />}
            {found.weak && <Weak />}
            {hits.length === 0 ? (
              <Nothing {...here} facets={facets.isPlaceholderData ? undefined : facets.data} />
            ) : (
              <ol className={found.weak ? "border-s-2 border-line ps-4" : ""}>
                {hits.map((hit) => (
                  <Hit key={hit.decision.id} hit={hit} state={state} pointed={wide && hit === shown} onPoint={() => setPointed(hit.decision.id)} />
                ))}
              </ol>
            )}
            <Pages page={state.page} total={facets.data?.total_count} more={found.has_more} at={at} />
          </div>
        )}
      </div>
      {wide && shown && <Preview hit={shown} state={state} />}
    </main>
  );
}

function useWide(): boolean {
  const [wide, setWide] = useState(false);
  useEffect(() => {
    const query = matchMedia(WIDE);
    const look = () => setWide(query.matches);
    look();
    query.addEventListener("change", look);
    return () => query.removeEventListener("change", look);
  }, []);
  return wide;
}

function FiltersName() {
  return useWords(courtsight).t("filters");
}

/** How many were found: ranked lists are counted with their facets. */
function Count({ found, facets }: { found: Found; facets: Facets | undefined }) {
  const { t } = useWords(courtsight);
  const count = facets?.total_count ?? (found.interpretation === "text" ? undefined : found.total_count);
  const words = count === undefined ? "" : facets && !facets.whole ? t("foundMany", { count }) : count === 1 ? t("foundOne") : t("found", { count });
  return (
    <h1 className="min-h-6 text-17 font-semibold" role="status">
      {words}
    </h1>
  );
}

function Weak() {
  const { t } = useWords(courtsight);
  return (
    <section className="mt-6 mb-2">
      <h2 className="font-serif text-20">{t("weakTitle")}</h2>
      <p className="text-15 text-quiet">{t("weakAdvice")}</p>
    </section>
  );
}

/** Why nothing was found, and the filter that excludes most. */
function Nothing({ state, at, facets }: Here & { facets: Facets | undefined }) {
  const { t } = useWords(courtsight);
  const filtered = isFiltered(state);
  const most = Object.entries(facets?.without ?? {}).sort((a, b) => b[1] - a[1])[0];
  const [name, count] = most ?? ["", 0];
  return (
    <section className="py-10">
      <h2 className="font-serif text-26">{t(filtered ? "nothingFiltered" : "nothing", { query: state.query })}</h2>
      {count > 0 && (
        <p className="mt-2">
          {t("excludesMost", { name: t(`filter_${name}` as CourtKey), count })}{" "}
          <Link
            href={at({ filters: { ...state.filters, [name as Facet]: undefined }, singles: { ...state.singles, [name as Single]: undefined } })}
            prefetch={false}
          >
            {t("removeFilter")}
          </Link>
        </p>
      )}
      <p className="mt-2 text-quiet">{t("nothingAdvice")}</p>
    </section>
  );
}

const DEEPEST = 1000; // hits that can be paged through

function Pages({ page, total, more, at }: { page: number; total: number | undefined; more: boolean; at: Here["at"] }) {
  const { t } = useWords(courtsight);
  const pages = total === undefined ? page + Number(more) : Math.ceil(Math.min(total, DEEPEST) / ROWS);
  if (pages < 2 && !more) return null;
  return (
    <nav aria-label={t("pageOf", { page, pages })} className="flex items-center gap-6 py-6 text-15">
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
