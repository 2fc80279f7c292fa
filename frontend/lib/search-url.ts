/** A search as the address tells it: whoever opens the address sees the same list. */
import type { CourtLevel, Filters } from "./client/types.gen";

export const FACETS = ["court", "level", "outcome", "legal_area", "year", "article"] as const;
export type Facet = (typeof FACETS)[number];

export interface SearchState {
  query: string;
  page: number;
  filters: Partial<Record<Facet, string>>;
}

/** Read `?q=…&page=…&court=…`; what does not fit is left out. */
export function readSearch(parameters: URLSearchParams): SearchState {
  const page = Number(parameters.get("page"));
  const filters: SearchState["filters"] = {};
  for (const facet of FACETS) {
    const value = parameters.get(facet);
    if (value && (facet !== "year" || /^\d{4}$/.test(value))) filters[facet] = value;
  }
  return { query: parameters.get("q")?.trim() ?? "", page: Number.isInteger(page) && page > 1 ? page : 1, filters };
}

/** The query string of a search, `""` for none. Parameters have one order, so that equal searches are equal. */
export function writeSearch({ query, page, filters }: SearchState): string {
  const parameters = new URLSearchParams();
  if (query) parameters.set("q", query);
  for (const facet of FACETS) if (filters[facet]) parameters.set(facet, filters[facet]);
  if (page > 1) parameters.set("page", String(page));
  const text = parameters.toString();
  return text && `?${text}`;
}

/** The filters as the API takes them. */
export function apiFilters(filters: SearchState["filters"]): Filters {
  const { year, level, ...texts } = filters;
  return { ...texts, ...(level && { level: level as CourtLevel }), ...(year && { year: Number(year) }) };
}
