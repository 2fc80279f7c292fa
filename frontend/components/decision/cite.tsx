"use client";

import { Popover } from "@base-ui/react/popover";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { useKeys } from "./keys";
import { citation, footnote, quotation, type CitedPassage } from "@/lib/citation";
import type { DecisionRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { courtsight } from "@/lib/messages/courtsight";
import { original } from "@/lib/messages/original";
import { pieces } from "@/lib/offsets";
import { atOriginal } from "@/lib/original-url";
import { permalink, type Passage } from "@/lib/passages";

/** The words of a passage with its address, as citations take them. */
export function citedPassage(decision: DecisionRead, passage: Passage): CitedPassage {
  const text = decision.sections.find((section) => section.name === passage.section)?.text ?? "";
  const words = pieces(text, [[passage.start, passage.end]]).find((piece) => piece.marked)?.text ?? "";
  return { section: passage.section, text: words, address: location.origin + permalink(decision.id, passage) };
}

/** How the decision is cited, each way with a button that copies it; its original, and its print. */
export function Cite({ decision, passage }: { decision: DecisionRead; passage: Passage | null }) {
  const { t } = useWords(courtsight);
  const [open, setOpen] = useState(false);
  const shown = useSearchParams().has("original");
  const { t: o } = useWords(original);
  function toggle() {
    const parameters = new URLSearchParams(location.search);
    document.querySelector<HTMLElement>("[data-original]")?.focus({ preventScroll: true });
    if (shown) history.replaceState(null, "", atOriginal(parameters, null));
    else history.pushState(null, "", atOriginal(parameters, { page: null, larger: false })); // Back closes it
  }
  useKeys({ c: () => setOpen(true), ...(decision.original && { o: toggle }) });
  return (
    <p className="no-print mt-3 flex flex-wrap gap-3 text-15">
      <Popover.Root open={open} onOpenChange={setOpen}>
        <Popover.Trigger className="min-h-9 rounded border border-faint px-3">{t("cite")}</Popover.Trigger>
        <Popover.Portal>
          <Popover.Positioner sideOffset={8} align="start" className="z-20 max-w-[calc(100vw-2rem)]">
            <Popover.Popup className="w-lg max-w-full rounded border border-line bg-paper p-4">
              <Popover.Title className="sr-only">{t("cite")}</Popover.Title>
              <Ways decision={decision} passage={passage} />
            </Popover.Popup>
          </Popover.Positioner>
        </Popover.Portal>
      </Popover.Root>
      {decision.original && (
        <button type="button" data-original aria-expanded={shown} onClick={toggle} className="min-h-9 rounded border border-faint px-3">
          {o("original")}
        </button>
      )}
      <button type="button" onClick={() => print()} className="min-h-9 rounded border border-faint px-3">
        {t("print")}
      </button>
    </p>
  );
}

function Ways({ decision, passage }: { decision: DecisionRead; passage: Passage | null }) {
  const { t } = useWords(courtsight);
  const cited = passage ? citedPassage(decision, passage) : undefined;
  const ways = [
    [t("citeShort"), citation(decision)],
    [t("citeFootnote"), footnote(decision, cited)],
    ...(cited ? [[t("citePassage"), quotation(decision, cited)]] : []),
    [t("citeLink"), cited?.address ?? location.origin + permalink(decision.id)],
  ] as [string, string][];
  return (
    <dl className="grid gap-3 text-15">
      {ways.map(([name, text]) => (
        <div key={name} className="grid grid-cols-[1fr_auto] items-start gap-x-4">
          <dt className="text-13 text-quiet">{name}</dt>
          <dd lang="id" className="col-start-1 break-words">
            {text}
          </dd>
          <dd className="col-start-2 row-span-2 row-start-1">
            <CopyButton text={text} name={`${t("copy")}: ${name}`} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Copies a text, and says that it did; where the browser refuses, it says what to do. */
export function CopyButton({ text, name, children }: { text: string; name?: string; children?: React.ReactNode }) {
  const { t } = useWords(courtsight);
  const [said, setSaid] = useState("");
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setSaid(t("copied"));
    } catch {
      setSaid(t("copyFailed"));
    }
    setTimeout(() => setSaid(""), 3000);
  }
  return (
    <button type="button" aria-label={said || name} onClick={() => void copy()} className="min-h-9 rounded border border-faint bg-paper px-3 text-15">
      <span aria-live="polite">{said || (children ?? t("copy"))}</span>
    </button>
  );
}
