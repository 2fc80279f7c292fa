"use client";

/** A page of a search, the same for the list and for the decisions that are opened from it. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { data } from "./api";
import { listDocuments, searchDocuments } from "./client/sdk.gen";
import type { DecisionSummary, SearchAnswer, SearchHit } from "./client/types.gen";
import { useWords } from "./i18n";
import { apiFilters, writeSearch, type SearchState } from "./search-url";

export const ROWS = 20;

/** What the pages need of an answer; a list without a query tells less of itself. */
export type Found = Pick<SearchAnswer, "data" | "has_more"> & Partial<SearchAnswer>;

async function find(state: SearchState, signal: AbortSignal): Promise<Found> {
  const { query, page, sort, strategy, understand, asTyped } = state;
  if (query)
    return data(
      searchDocuments({
        body: { query, page, items_per_page: ROWS, sort, strategy, understand, as_typed: asTyped, filters: apiFilters(state) },
        signal,
      }),
    );
  const order = sort === "pronounced_on" ? sort : "-pronounced_on";
  const listed = await data(listDocuments({ query: { ...apiFilters(state), page, items_per_page: ROWS, sort: order }, signal }));
  const hits = listed.data.map((decision: DecisionSummary): SearchHit => ({ decision, snippet: null, scores: {}, why: [] }));
  return { data: hits, has_more: listed.has_more };
}

export function useSearch(state: SearchState, enabled = true) {
  const { language } = useWords();
  return useQuery({
    queryKey: ["search", language, writeSearch(state)],
    enabled,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => find(state, signal),
  });
}

/** The page of a hit, opened at its passage; it knows the list that it is opened from. */
export function hitAddress(language: string, { decision, snippet }: SearchHit, from: SearchState): string {
  const address = new URLSearchParams({ id: decision.id });
  if (snippet && snippet.highlights.length > 0) {
    address.set("section", snippet.section);
    address.set("start", String(snippet.start));
    address.set("end", String(snippet.end));
  }
  address.set("from", writeSearch(from).slice(1));
  return `/${language}/decision?${address}`;
}
