"use client";

/** What a decision cites, all pages of it. */
import { useQuery } from "@tanstack/react-query";
import { data } from "./api";
import { listCitations } from "./client/sdk.gen";
import type { CitationRead } from "./client/types.gen";
import { writeSearch } from "./search-url";

const ROWS = 100;
const MOST_PAGES = 20;
const NONE: CitationRead[] = [];

async function all(id: string, signal: AbortSignal): Promise<CitationRead[]> {
  const found: CitationRead[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const answer = await data(listCitations({ path: { document_id: id }, query: { page, items_per_page: ROWS }, signal }));
    found.push(...answer.data);
    if (!answer.has_more) break;
  }
  return found;
}

/** The citations of a decision in reading order, empty until they are there. */
export function useCitations(id: string): CitationRead[] {
  const { data: found } = useQuery({ queryKey: ["citations", id], staleTime: Infinity, queryFn: ({ signal }) => all(id, signal) });
  return found ?? NONE;
}

/** Where a citation leads: to the decision, or to the search for it. */
export function citationAddress(language: string, { decision_id, normalised }: CitationRead): string {
  return decision_id ? `/${language}/decision?id=${decision_id}` : `/${language}/search${writeSearch({ query: normalised })}`;
}
