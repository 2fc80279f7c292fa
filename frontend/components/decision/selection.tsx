"use client";

import { useEffect, useState } from "react";
import { CopyButton } from "./cite";
import { quotation, type CitedPassage } from "@/lib/citation";
import type { DecisionRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { courtsight } from "@/lib/messages/courtsight";
import { toPoints } from "@/lib/offsets";
import { permalink } from "@/lib/passages";

const PAUSE = 300; // milliseconds that a selection stays as it is

/** Offers the citation of the text that is marked with mouse or thumb. */
export function Selection({ article, decision }: { article: React.RefObject<HTMLElement | null>; decision: DecisionRead }) {
  const { t } = useWords(courtsight);
  const [passage, setPassage] = useState<CitedPassage | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    function look() {
      clearTimeout(timer);
      timer = setTimeout(() => setPassage(read(article.current, decision)), PAUSE);
    }
    document.addEventListener("selectionchange", look);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("selectionchange", look);
    };
  }, [article, decision]);
  if (!passage) return null;
  return (
    <div role="status" className="no-print fixed inset-x-0 bottom-14 z-20 flex justify-center px-4 wide:bottom-4">
      {/* A press must not take the selection away before it is copied. */}
      <div onPointerDown={(event) => event.preventDefault()} className="flex flex-wrap justify-center gap-2 rounded border border-line bg-paper p-2">
        <CopyButton text={quotation(decision, passage)}>{t("copyWithCitation")}</CopyButton>
        <CopyButton text={passage.address}>{t("copyLink")}</CopyButton>
      </div>
    </div>
  );
}

/** The selection as a passage; null where there is none in one section. */
function read(article: HTMLElement | null, decision: DecisionRead): CitedPassage | null {
  const selection = getSelection();
  if (!article || !selection || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const [start, end] = [place(range.startContainer, range.startOffset), place(range.endContainer, range.endOffset)];
  if (!start || !end || start.section !== end.section || end.at <= start.at) return null;
  const text = decision.sections.find((section) => section.name === start.section)?.text ?? "";
  const passage = { section: start.section, start: toPoints(text, start.at), end: toPoints(text, end.at) };
  return { section: start.section, text: text.slice(start.at, end.at), address: location.origin + permalink(decision.id, passage) };
}

/** Where a point of the page is in the text of its section, in UTF-16 units. */
function place(node: Node, offset: number): { section: string; at: number } | null {
  const element = node instanceof Element ? node : node.parentElement;
  const paragraph = element?.closest<HTMLElement>("p[data-from]");
  const section = element?.closest<HTMLElement>("section[data-section]")?.dataset.section;
  if (!paragraph || !section) return null;
  const before = document.createRange();
  before.selectNodeContents(paragraph);
  before.setEnd(node, offset);
  return { section, at: Number(paragraph.dataset.from) + before.toString().length };
}
