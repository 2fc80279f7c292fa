"use client";

import Link from "next/link";
import { useWords } from "@/lib/i18n";
import { courtsight } from "@/lib/messages/courtsight";
import { hitAddress, useSearch } from "@/lib/search";
import { readSearch, writeSearch, type SearchState } from "@/lib/search-url";
import type { SearchHit } from "@/lib/client/types.gen";

/** The way back to the list that the decision was opened from, and the decisions before and behind it there. */
export function Neighbours({ id, from }: { id: string; from: string | null }) {
  if (from === null) return null;
  return <InList id={id} state={readSearch(new URLSearchParams(from))} />;
}

function InList({ id, state }: { id: string; state: SearchState }) {
  const { t, language } = useWords(courtsight);
  const list = useSearch(state);
  const hits = list.isPlaceholderData ? [] : (list.data?.data ?? []);
  const place = hits.findIndex((hit) => hit.decision.id === id);
  const [first, last] = [place === 0 && state.page > 1, place >= 0 && place === hits.length - 1 && !!list.data?.has_more];
  const before = useSearch({ ...state, page: Math.max(1, state.page - 1) }, first);
  const behind = useSearch({ ...state, page: state.page + 1 }, last);
  const previous: [SearchHit | undefined, SearchState] = first
    ? [before.data?.data.at(-1), { ...state, page: state.page - 1 }]
    : [hits[place - 1], state];
  const next: [SearchHit | undefined, SearchState] = last ? [behind.data?.data[0], { ...state, page: state.page + 1 }] : [place < 0 ? undefined : hits[place + 1], state];
  return (
    <nav className="no-print flex flex-wrap items-center justify-between gap-x-6 gap-y-1 pt-4 text-15">
      <Link href={`/${language}/search${writeSearch(state)}`} prefetch={false} className="py-1">
        ← {t("backToList")}
      </Link>
      <span className="flex gap-6">
        {previous[0] && (
          <Link rel="prev" href={hitAddress(language, previous[0], previous[1])} prefetch={false} aria-label={`${t("previousResult")}: ${previous[0].decision.case_number}`} className="py-1">
            ‹ {t("previous")}
          </Link>
        )}
        {next[0] && (
          <Link rel="next" href={hitAddress(language, next[0], next[1])} prefetch={false} aria-label={`${t("nextResult")}: ${next[0].decision.case_number}`} className="py-1">
            {t("next")} ›
          </Link>
        )}
      </span>
    </nav>
  );
}
