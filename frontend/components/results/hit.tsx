"use client";

import Link from "next/link";
import { Marked } from "../marked";
import type { SearchHit } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { courtsight } from "@/lib/messages/courtsight";
import { hitAddress } from "@/lib/search";
import type { SearchState } from "@/lib/search-url";

/** A decision of the list: what it is, the passage that fits, and why it is here. */
export function Hit({ hit, state, pointed, onPoint }: { hit: SearchHit; state: SearchState; pointed: boolean; onPoint: () => void }) {
  const { language, t } = useWords(courtsight);
  const { decision, snippet } = hit;
  return (
    <li
      onPointerEnter={(event) => event.pointerType === "mouse" && onPoint()}
      onFocus={onPoint}
      className={`-mx-3 border-b border-line px-3 py-4 ${pointed ? "bg-raised" : ""}`}
    >
      <Link href={hitAddress(language, hit, state)} prefetch={false} className="font-serif text-20 font-semibold break-words">
        {decision.case_number}
      </Link>
      <p className="text-15 text-quiet">
        <FactLine decision={decision} />
      </p>
      {snippet?.text && (
        <p className="mt-2 font-serif text-17" dir="auto" lang="id">
          … <Marked text={snippet.text} highlights={snippet.highlights} /> …
        </p>
      )}
      {hit.why.length > 0 && (
        <p className="mt-1 text-13 text-quiet">
          {kindOf(hit) && <span className="font-semibold">{t(kindOf(hit)!)}. </span>}
          {hit.why.join(" ")}
        </p>
      )}
    </li>
  );
}

/** Whether words brought it here, its meaning, or both; null for what was looked up. */
function kindOf({ scores }: SearchHit): "whyTerms" | "whyNear" | "whyBoth" | null {
  const [words, meaning] = [(scores.lexical ?? 0) > 0, scores.vector != null];
  return words && meaning ? "whyBoth" : words ? "whyTerms" : meaning ? "whyNear" : null;
}

/** Court, day, area and outcome of a decision, in one line. */
export function FactLine({ decision }: { decision: SearchHit["decision"] }) {
  const { day } = useWords(courtsight);
  const facts = [decision.court, decision.pronounced_on ? day(decision.pronounced_on) : decision.year, decision.legal_area, decision.outcome];
  return facts.filter(Boolean).join(" · ");
}
