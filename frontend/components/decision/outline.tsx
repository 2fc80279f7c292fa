"use client";

import { useKeySwitch } from "./keys";
import { leadTo } from "./lead";
import type { SectionRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { courtsight } from "@/lib/messages/courtsight";
import { title } from "@/lib/titles";

/** The sections of a decision: beside the text, on phones behind a word above it. */
export function Outline({ sections, verdict }: { sections: readonly SectionRead[]; verdict: string | undefined }) {
  const { t } = useWords(courtsight);
  const [on, change] = useKeySwitch();
  const links = sections.map((section) => (
    <li key={section.name}>
      <a href={`#${section.name}`} onClick={() => leadTo(document.getElementById(section.name), "start")} className={`block py-1 no-underline hover:underline ${section.name === verdict ? "font-semibold" : ""}`}>
        {section.name === verdict ? t("verdict") : title(section.name)}
      </a>
    </li>
  ));
  return (
    <nav aria-label={t("outline")} className="no-print pt-4 text-15 wide:pt-6">
      <details className="rounded border border-line px-4 py-2 wide:hidden">
        <summary className="cursor-default">{t("outline")}</summary>
        <ul className="pt-1">{links}</ul>
      </details>
      <div className="sticky top-20 hidden max-h-[calc(100vh-5rem)] overflow-y-auto wide:block">
        <ul>{links}</ul>
        <p className="mt-6 text-13 text-quiet">
          {on && `${t("keys")}. `}
          <button type="button" onClick={change} className="text-press underline">
            {t(on ? "keysOff" : "keysOn")}
          </button>
        </p>
      </div>
    </nav>
  );
}
