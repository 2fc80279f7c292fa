"use client";

import { useKeys } from "./keys";
import type { Match, Matches, SectionRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { courtsight } from "@/lib/messages/courtsight";
import type { Passage } from "@/lib/passages";

interface Walk {
  matches: Matches;
  sections: readonly SectionRead[];
  passage: Passage | null;
  goTo: (passage: Passage) => void;
}

/** Where among the hits the passage is: the place of the first that does not end before it begins; -1 without one. */
function placeOf({ matches, sections, passage }: Walk): number {
  if (!passage) return -1;
  const order = new Map(sections.map((section, place) => [section.name, place]));
  const at = order.get(passage.section) ?? 0;
  const behind = (match: Match) => {
    const own = order.get(match.section) ?? 0;
    return own > at || (own === at && match.end > passage.start);
  };
  const found = matches.data.findIndex(behind);
  return found < 0 ? matches.data.length - 1 : found;
}

/** From hit to hit: the address names the one that is shown. */
export function Hits(walk: Walk) {
  const { t } = useWords(courtsight);
  const { matches, goTo } = walk;
  const count = matches.data.length;
  const place = placeOf(walk);
  function step(by: number) {
    if (!count) return;
    const to = matches.data[place < 0 ? (by > 0 ? 0 : count - 1) : (place + by + count) % count];
    if (to) goTo({ section: to.section, start: to.start, end: to.end });
  }
  useKeys({ n: () => step(1), p: () => step(-1) });
  const button = "grid min-h-11 min-w-11 place-items-center rounded text-20 hover:bg-raised";
  return (
    <div data-keeps-focus className="no-print fixed inset-x-0 bottom-0 z-10 border-t border-line bg-paper px-4 wide:inset-x-auto wide:bottom-4 wide:w-48 wide:rounded wide:border wide:px-0">
      <div className="mx-auto flex max-w-read items-center justify-center gap-1 text-15">
        {count === 0 ? (
          <p className="py-3 text-quiet wide:px-3 wide:text-13">{t("noHits")}</p>
        ) : (
          <>
            <button type="button" aria-label={t("previousHit")} aria-keyshortcuts="p" onClick={() => step(-1)} className={button}>
              <span aria-hidden>‹</span>
            </button>
            <span role="status" className="min-w-24 text-center tabular-nums wide:text-13">
              {place < 0 ? t("hits", { count: matches.total_count }) : t("hitOf", { number: place + 1, count: matches.total_count })}
            </span>
            <button type="button" aria-label={t("nextHit")} aria-keyshortcuts="n" onClick={() => step(1)} className={button}>
              <span aria-hidden>›</span>
            </button>
          </>
        )}
      </div>
    </div>
  );
}
