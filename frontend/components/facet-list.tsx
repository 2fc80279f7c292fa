"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { data } from "@/lib/api";
import { readFacets } from "@/lib/client/sdk.gen";
import { useWords } from "@/lib/i18n";
import { courtsight, type CourtKey } from "@/lib/messages/courtsight";
import { FACETS, apiFilters, type Facet, type SearchState } from "@/lib/search-url";

const SHOWN = 8;

/** Filters with how many decisions each leaves: a column on wide screens, behind a word on phones. */
export function FacetList({ state, at }: { state: SearchState; at: (changes: Partial<SearchState>) => string }) {
  const { t, number } = useWords(courtsight);
  const { data: facets } = useQuery({
    queryKey: ["facets", state.filters],
    queryFn: ({ signal }) => data(readFacets({ query: apiFilters(state.filters), signal })),
  });
  const name = (facet: Facet, value: string) => (facet === "level" ? t(`level_${value}` as CourtKey) : value);
  const lists = FACETS.map((facet) => {
    const values = (facets?.[facet] ?? []).filter((each) => each.value).slice(0, SHOWN);
    if (!values.length) return null;
    return (
      <details key={facet} open={facet === "court" || facet === "level"} className="border-b border-line py-3">
        <summary className="cursor-default text-15 font-semibold">{t(`filter_${facet}`)}</summary>
        <ul className="mt-2">
          {values.map(({ value, count }) => {
            const on = state.filters[facet] === value;
            return (
              <li key={value}>
                <Link
                  href={at({ filters: { ...state.filters, [facet]: on ? undefined : value } })}
                  prefetch={false}
                  aria-current={on || undefined}
                  className={`flex justify-between gap-3 py-1 text-15 no-underline ${on ? "font-semibold text-ink" : ""}`}
                >
                  <span>{name(facet, value)}</span>
                  <span className="text-quiet tabular-nums">{number(count)}</span>
                </Link>
              </li>
            );
          })}
        </ul>
      </details>
    );
  });
  return (
    <aside aria-label={t("filters")} className="pt-4 wide:sticky wide:top-16 wide:max-h-[calc(100vh-4rem)] wide:overflow-y-auto">
      <div className="hidden wide:block">{lists}</div>
      <details className="wide:hidden">
        <summary className="inline-block cursor-default rounded border border-faint px-4 py-2 text-15">{t("filters")}</summary>
        <div className="pt-2">{lists}</div>
      </details>
    </aside>
  );
}
