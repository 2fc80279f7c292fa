"use client";

import { client } from "@/lib/client/client.gen";
import { useWords } from "@/lib/i18n";
import { original as room } from "@/lib/messages/original";

interface Controls {
  number: number;
  count: number;
  larger: boolean;
  /** Of the decision. */
  id: string;
  turn: (by: number) => void;
  zoom: () => void;
  close: () => void;
  /** Where the page is another than that of the passage. */
  toPassage: (() => void) | undefined;
}

/** From page to page, closer, to the passage, and away. */
export function PageControls({ id, number, count, larger, turn, zoom, close, toPassage }: Controls) {
  const { t } = useWords(room);
  const button = "inline-grid min-h-11 min-w-11 place-items-center rounded px-2 hover:bg-paper aria-disabled:opacity-40 aria-pressed:bg-paper aria-pressed:font-semibold";
  const address = client.buildUrl({ baseUrl: client.getConfig().baseUrl, url: "/api/v1/legal-search/documents/{document_id}/original", path: { document_id: id } });
  return (
    <div className="flex flex-wrap items-center gap-x-1 px-2 text-15">
      <button type="button" aria-label={t("previousPage")} aria-disabled={number === 1} onClick={() => turn(-1)} className={`${button} text-20`}>
        <span aria-hidden>‹</span>
      </button>
      <span role="status" className="tabular-nums">
        {t("pageOf", { number, count })}
      </span>
      <button type="button" aria-label={t("nextPage")} aria-disabled={number === count} onClick={() => turn(1)} className={`${button} text-20`}>
        <span aria-hidden>›</span>
      </button>
      <button type="button" aria-pressed={larger} onClick={zoom} className={button}>
        {t("larger")}
      </button>
      {toPassage && (
        <button type="button" onClick={toPassage} className={`${button} text-press underline`}>
          {t("toPassage")}
        </button>
      )}
      <a href={address} download className={`${button} text-press`}>
        {t("save")}
      </a>
      <button type="button" aria-label={t("close")} onClick={close} className={`${button} ms-auto text-20`}>
        <span aria-hidden>×</span>
      </button>
    </div>
  );
}
