/** Where the original stands beside the text, as an address says it: `original` is a page, or empty for that of the passage. */
export interface Place {
  /** The page that was chosen; null for that of the passage. */
  page: number | null;
  larger: boolean;
}

/** What the address says; null where the original is closed. */
export function readOriginal(parameters: URLSearchParams): Place | null {
  const named = parameters.get("original");
  if (named === null) return null;
  const page = /^[1-9][0-9]{0,4}$/.test(named) ? Number(named) : null;
  return { page, larger: parameters.get("zoom") === "2" };
}

/** The parameters of the page with the original at another place, or closed. */
export function atOriginal(parameters: URLSearchParams, place: Place | null): string {
  const changed = new URLSearchParams(parameters);
  changed.delete("zoom");
  if (place) {
    changed.set("original", place.page === null ? "" : String(place.page));
    if (place.larger) changed.set("zoom", "2");
  } else changed.delete("original");
  return `?${changed}`;
}
