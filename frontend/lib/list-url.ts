/** A list as the address tells it: whoever opens the address sees the same rows. */

/** What a list can be asked for: its filters by name, and its order where the address names none. */
export interface ListShape {
  filters?: readonly string[];
  sort?: string;
}

export interface ListState {
  page: number;
  search: string;
  /** As the API writes it: `-created_at`. */
  sort: string;
  filters: Record<string, string>;
}

export const ROWS = 20;

/** Read `?page=…&sort=…&search=…` and the filters; what does not fit is left out. */
export function readList(parameters: URLSearchParams, { filters = [], sort = "" }: ListShape): ListState {
  const page = Number(parameters.get("page"));
  const asked = parameters.get("sort") ?? "";
  const found = filters.map((name) => [name, parameters.get(name) ?? ""] as const).filter(([, value]) => value);
  return {
    page: Number.isInteger(page) && page > 1 ? page : 1,
    search: parameters.get("search")?.trim() ?? "",
    sort: /^-?[a-z_]+$/.test(asked) ? asked : sort,
    filters: Object.fromEntries(found),
  };
}

/** The query string of a list, `""` for none; what the address says of other things stays, before it. */
export function writeList(state: ListState, shape: ListShape, address = new URLSearchParams()): string {
  const parameters = new URLSearchParams(address);
  for (const name of ["page", "sort", "search", ...(shape.filters ?? [])]) parameters.delete(name);
  if (state.search) parameters.set("search", state.search);
  for (const name of shape.filters ?? []) if (state.filters[name]) parameters.set(name, state.filters[name]);
  if (state.sort && state.sort !== shape.sort) parameters.set("sort", state.sort);
  if (state.page > 1) parameters.set("page", String(state.page));
  const text = parameters.toString();
  return text && `?${text}`;
}

/** The query string with some of it changed, `""` removes it; the list begins at its first page. */
export function changedAddress(present: string, changes: Record<string, string>): string {
  const parameters = new URLSearchParams(present);
  parameters.delete("page");
  for (const [name, value] of Object.entries(changes)) {
    if (value) parameters.set(name, value);
    else parameters.delete(name);
  }
  const text = parameters.toString();
  return text && `?${text}`;
}

/** What the API is asked for. */
export function listQuery({ page, search, sort, filters }: ListState): Record<string, string | number> {
  return { page, items_per_page: ROWS, ...(sort && { sort }), ...(search && { search }), ...filters };
}

/** The order after a press on a column: ascending, then descending. */
export function sortedBy(column: string, sort: string): string {
  return sort === column ? `-${column}` : column;
}

/** The page numbers to show: the first, the last, and those around; 0 stands for those left out. */
export function pageNumbers(page: number, pages: number): number[] {
  const shown = [1, page - 1, page, page + 1, pages].filter((each) => each >= 1 && each <= pages);
  const numbers = [...new Set(shown)].sort((a, b) => a - b);
  return numbers.flatMap((each, place) => (place > 0 && each - (numbers[place - 1] ?? 0) > 1 ? [0, each] : [each]));
}
