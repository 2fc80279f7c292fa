"use client";

import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useEffect } from "react";
import { ActiveFilters, useValueName } from "./active-filters";
import { BarChart, ColumnChart, type Bar } from "./chart";
import { Broken, Skeleton } from "./ui/notices";
import { data } from "@/lib/api";
import { listFacetValues, readFacets } from "@/lib/client/sdk.gen";
import type { Count } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { courtsight } from "@/lib/messages/courtsight";
import { apiCounting, readSearch, writeSearch, type Facet, type SearchState } from "@/lib/search-url";
import { byYear } from "@/lib/years";

const LISTED = ["level", "court", "legal_area", "outcome"] as const;
const MOST_BARS = 12;

/** The collection, or what a search finds of it, in charts that are tables too. */
export function Statistics() {
  const { t, language } = useWords(courtsight);
  const parameters = useSearchParams().toString();
  const state = readSearch(new URLSearchParams(parameters));
  const key = writeSearch({ ...state, page: 1, sort: "relevance" });
  const facets = useQuery({ queryKey: ["facets", key], queryFn: ({ signal }) => data(readFacets({ query: apiCounting(state), signal })) });
  const years = useQuery({
    queryKey: ["years", key],
    queryFn: ({ signal }) => data(listFacetValues({ path: { facet: "year" }, query: { ...apiCounting(state), items_per_page: 100 }, signal })),
  });
  const nameOf = useValueName();
  useEffect(() => {
    document.title = `${t("statistics")} – CourtSight`;
  }, [t]);
  const at = (changes: Partial<SearchState>) => `/${language}/statistics${writeSearch({ ...state, ...changes })}`;
  const bars = (facet: Facet, values: readonly Count[]): Bar[] =>
    values.map(({ value, count }) => ({
      name: nameOf(facet, value),
      count,
      href: `/${language}/search${writeSearch({ ...state, page: 1, filters: { ...state.filters, [facet]: [value] } })}`,
    }));
  const error = facets.error ?? years.error;
  return (
    <main id="main" className="mx-auto max-w-page px-4 pb-16">
      <h1 className="pt-8 font-serif text-26 font-semibold">{t("statistics")}</h1>
      {state.query && (
        <p className="text-quiet">
          <bdi dir="auto">{state.query}</bdi>
        </p>
      )}
      <ActiveFilters state={state} at={at} />
      {error ? (
        <Broken error={error} again={() => void Promise.all([facets.refetch(), years.refetch()])} />
      ) : !facets.data || !years.data ? (
        <Skeleton />
      ) : facets.data.total_count === 0 ? (
        <p className="py-10 text-quiet">{t("none")}</p>
      ) : (
        <>
          <p className="pt-1 text-quiet">
            {t("statisticsOf", { count: facets.data.total_count })}
            {!facets.data.whole && ` ${t("counted", { count: facets.data.total_count })}`}
          </p>
          <div className="grid grid-cols-[minmax(0,1fr)] gap-x-16 gap-y-12 pt-8 wide:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
            <div className="wide:col-span-2">
              <ColumnChart title={t("chart_year")} unit={t("decisions")} bars={bars("year", byYear(years.data.data))} total={facets.data.total_count} />
            </div>
            {LISTED.map((facet) => (
              <BarChart
                key={facet}
                title={t(`chart_${facet}`)}
                unit={t("decisions")}
                bars={bars(facet, (facets.data[facet] as Count[]).slice(0, MOST_BARS))}
                total={facets.data.total_count}
              />
            ))}
          </div>
        </>
      )}
    </main>
  );
}
