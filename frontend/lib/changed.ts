/** Changes of what somebody has read, of which the service refuses those that somebody else was faster with (`If-Match`). */
import { Trouble } from "./api";

/** Such a refusal in words for people, who know no versions; null for every other error. */
export function changedMeanwhile(error: unknown, words: string): Trouble | null {
  if (!(error instanceof Trouble) || error.code !== "CHANGED_MEANWHILE") return null;
  return new Trouble(error.status, { ...error.problem, detail: words }, error.requestId, error.retryAfter);
}
