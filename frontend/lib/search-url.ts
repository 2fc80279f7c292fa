/** A search as the address tells it: whoever opens the address sees the same list. */
import type { CourtLevel, Filters } from "./client/types.gen";

/** What decisions are counted by, and filtered by with one value or several. */
export const FACETS = ["court", "region", "level", "legal_area", "outcome", "year", "article", "case_type", "jurisdiction"] as const;
/** Other filters, of one value each. */
export const SINGLE = ["judge", "party", "case_number", "date_from", "date_to"] as const;
export const SORTS = ["relevance", "-pronounced_on", "pronounced_on"] as const;
export const STRATEGIES = ["hybrid", "lexical", "vector", "parent-child"] as const;
export type Facet = (typeof FACETS)[number];
export type Single = (typeof SINGLE)[number];
export type Sort = (typeof SORTS)[number];
export type Strategy = (typeof STRATEGIES)[number];

export interface SearchState {
  query: string;
  page: number;
  sort: Sort;
  strategy: Strategy;
  /** Whether articles, outcomes and years among the words are filters. */
  understand: boolean;
  /** Words that nothing is searched beside. */
  asTyped: string[];
  filters: Partial<Record<Facet, string[]>>;
  singles: Partial<Record<Single, string>>;
}

export const NO_SEARCH: SearchState = {
  query: "", page: 1, sort: "relevance", strategy: "hybrid", understand: true, asTyped: [], filters: {}, singles: {},
};

const fits: Partial<Record<Facet | Single, RegExp>> = { year: /^\d{4}$/, date_from: /^\d{4}-\d\d-\d\d$/, date_to: /^\d{4}-\d\d-\d\d$/ };

function oneOf<T extends string>(values: readonly T[], value: string | null): T {
  return values.find((each) => each === value) ?? values[0]!;
}

/** Read `?q=…&court=…&court=…&page=…`; what does not fit is left out. */
export function readSearch(parameters: URLSearchParams): SearchState {
  const page = Number(parameters.get("page"));
  const filters: SearchState["filters"] = {};
  for (const facet of FACETS) {
    const values = parameters.getAll(facet).filter((value) => value && (fits[facet]?.test(value) ?? true));
    if (values.length) filters[facet] = [...new Set(values)];
  }
  const singles: SearchState["singles"] = {};
  for (const name of SINGLE) {
    const value = parameters.get(name);
    if (value && (fits[name]?.test(value) ?? true)) singles[name] = value;
  }
  return {
    query: parameters.get("q")?.trim() ?? "",
    page: Number.isInteger(page) && page > 1 ? page : 1,
    sort: oneOf(SORTS, parameters.get("sort")),
    strategy: oneOf(STRATEGIES, parameters.get("strategy")),
    understand: parameters.get("understand") !== "false",
    asTyped: [...new Set(parameters.getAll("as_typed").filter(Boolean))],
    filters,
    singles,
  };
}

function write(state: SearchState, queryName: string): URLSearchParams {
  const parameters = new URLSearchParams();
  if (state.query) parameters.set(queryName, state.query);
  for (const facet of FACETS) for (const value of state.filters[facet] ?? []) parameters.append(facet, value);
  for (const name of SINGLE) if (state.singles[name]) parameters.set(name, state.singles[name]);
  if (state.strategy !== "hybrid") parameters.set("strategy", state.strategy);
  if (!state.understand) parameters.set("understand", "false");
  for (const word of state.asTyped) parameters.append("as_typed", word);
  return parameters;
}

/** The query string of a search, `""` for none. Parameters have one order, so that equal searches are equal. */
export function writeSearch(changes: Partial<SearchState>): string {
  const state = { ...NO_SEARCH, ...changes };
  const parameters = write(state, "q");
  if (state.sort !== "relevance") parameters.set("sort", state.sort);
  if (state.page > 1) parameters.set("page", String(state.page));
  const text = parameters.toString();
  return text && `?${text}`;
}

/** The address under which the API gives the list as a file. */
export function exportAddress(state: SearchState, format: "csv" | "json"): string {
  const parameters = write(state, "query");
  if (state.sort !== "relevance") parameters.set("sort", state.sort);
  parameters.set("format", format);
  return `/api/v1/legal-search/search/export?${parameters}`;
}

/** The filters as the API takes them. */
export function apiFilters({ filters, singles }: Pick<SearchState, "filters" | "singles">): Filters {
  const { year, level, ...texts } = filters;
  return { ...texts, ...singles, ...(level && { level: level as CourtLevel[] }), ...(year && { year: year.map(Number) }) };
}

/** What the API counts facets by. */
export function apiCounting(state: SearchState) {
  return {
    ...apiFilters(state),
    ...(state.query && { query: state.query }),
    strategy: state.strategy,
    understand: state.understand,
    ...(state.asTyped.length && { as_typed: state.asTyped }),
  };
}

/** Whether any filter is active. */
export function isFiltered({ filters, singles }: Pick<SearchState, "filters" | "singles">): boolean {
  return FACETS.some((facet) => filters[facet]?.length) || SINGLE.some((name) => singles[name]);
}

/** The filters with a value of a facet added, or taken away where it is there. */
export function toggled(filters: SearchState["filters"], facet: Facet, value: string): SearchState["filters"] {
  const values = filters[facet] ?? [];
  const left = values.includes(value) ? values.filter((each) => each !== value) : [...values, value];
  return { ...filters, [facet]: left.length ? left : undefined };
}

/** A query without some of its characters, counted in code points: without a part that was understood. */
export function cutQuery(query: string, start: number, end: number): string {
  const points = [...query];
  return [...points.slice(0, start), " ", ...points.slice(end)].join("").replace(/\s+/g, " ").trim();
}
