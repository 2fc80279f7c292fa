"use client";

import { PreviewCard } from "@base-ui/react/preview-card";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { FactLine } from "../results/hit";
import { data } from "@/lib/api";
import { listDocuments, readDocument } from "@/lib/client/sdk.gen";
import type { CitationRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { courtsight } from "@/lib/messages/courtsight";

const PAUSE = 300; // milliseconds over a link

/** What a link in the text leads to, while one points at it or has come to it by keyboard. */
export function LinkPreview({ article, citations }: { article: React.RefObject<HTMLElement | null>; citations: CitationRead[] }) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  useEffect(() => {
    const root = article.current;
    let timer: ReturnType<typeof setTimeout>;
    function come(event: Event) {
      const link = (event.target as Element).closest<HTMLElement>("a[data-citation]");
      clearTimeout(timer);
      if (event.type === "focusin" && !link?.matches(":focus-visible")) return;
      timer = setTimeout(() => setAnchor(link), link ? PAUSE : PAUSE / 2);
    }
    function leave(event: Event) {
      if (event instanceof KeyboardEvent && event.key !== "Escape") return;
      clearTimeout(timer);
      timer = setTimeout(() => setAnchor(null), event.type === "keydown" ? 0 : PAUSE);
    }
    const events = [["pointerover", come], ["focusin", come], ["pointerleave", leave], ["focusout", leave], ["keydown", leave]] as const;
    events.forEach(([name, act]) => root?.addEventListener(name, act));
    return () => {
      clearTimeout(timer);
      events.forEach(([name, act]) => root?.removeEventListener(name, act));
    };
  }, [article]);
  const citation = citations[Number(anchor?.dataset.citation ?? -1)];
  return (
    <PreviewCard.Root open={!!anchor && !!citation} onOpenChange={(open) => !open && setAnchor(null)}>
      <PreviewCard.Portal>
        <PreviewCard.Positioner anchor={anchor} sideOffset={6} className="z-20">
          <PreviewCard.Popup className="max-w-sm rounded border border-line bg-paper p-4 text-15">
            {citation && (citation.decision_id ? <DecisionCard id={citation.decision_id} /> : <LawCard citation={citation} />)}
          </PreviewCard.Popup>
        </PreviewCard.Positioner>
      </PreviewCard.Portal>
    </PreviewCard.Root>
  );
}

function DecisionCard({ id }: { id: string }) {
  const { t } = useWords(courtsight);
  const { data: decision } = useQuery({ queryKey: ["decision", id], queryFn: ({ signal }) => data(readDocument({ path: { document_id: id }, signal })) });
  if (!decision) return <p className="text-quiet">{t("loading")}</p>;
  return (
    <>
      <p className="font-serif text-17 font-semibold break-words">{decision.case_number}</p>
      <p className="text-quiet">
        <FactLine decision={decision} />
      </p>
      {decision.abstract && <p className="mt-2 line-clamp-5">{decision.abstract}</p>}
    </>
  );
}

function LawCard({ citation }: { citation: CitationRead }) {
  const { t } = useWords(courtsight);
  const law = citation.kind !== "decision";
  const { data: found } = useQuery({
    queryKey: ["naming", citation.normalised],
    enabled: law,
    queryFn: ({ signal }) => data(listDocuments({ query: { article: [citation.normalised], items_per_page: 1 }, signal })),
  });
  return (
    <>
      <p className="font-semibold break-words">{citation.normalised}</p>
      <p className="text-quiet">{law ? (found ? t("appliedBy", { count: found.total_count ?? 0 }) : t("loading")) : t("citedNot")}</p>
    </>
  );
}
