/** Changes of what somebody has read, of which the service refuses those that somebody else was faster with (`If-Match`). */
import { useState } from "react";
import { Trouble } from "./api";

/** Such a refusal in words for people, who know no versions; null for every other error. */
export function changedMeanwhile(error: unknown, words: string): Trouble | null {
  if (!(error instanceof Trouble) || error.code !== "CHANGED_MEANWHILE") return null;
  return new Trouble(error.status, { ...error.problem, detail: words }, error.requestId, error.retryAfter);
}

interface Versioned {
  version: number;
}

interface Watched<T> {
  /** What the form is about: the rest may have changed unseen. */
  part: (thing: T) => string;
  /** What it is now. */
  read: () => Promise<T>;
  /** Says that nothing was saved. */
  words: string;
}

/**
 * A change of what was read when the form was opened, `first`. Where somebody was faster, `theirs` is what it is now, so that one
 * decides with both before one's eyes.
 */
export function useMeanwhile<T extends Versioned>(thing: T, { part, read, words }: Watched<T>) {
  const [first] = useState(thing);
  const [seen, setSeen] = useState(thing);
  const [theirs, setTheirs] = useState<T | null>(null);
  const version = part(thing) === part(seen) ? Math.max(thing.version, seen.version) : seen.version;
  async function change<R>(send: (headers: { "If-Match": string }) => Promise<R>): Promise<R> {
    try {
      return await send({ "If-Match": `"${version}"` });
    } catch (error) {
      const changed = changedMeanwhile(error, words);
      if (!changed) throw error;
      const now = await read();
      setSeen(now);
      setTheirs(now);
      throw changed;
    }
  }
  function saved(now: T) {
    setSeen(now);
    setTheirs(null);
  }
  return { first, theirs, change, saved };
}
