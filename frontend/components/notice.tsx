"use client";

import { useEffect, useState } from "react";
import { Trouble } from "@/lib/api";
import { useWords } from "@/lib/i18n";

const PATIENCE = 150; // milliseconds before a skeleton shows

/** What went wrong, what is safe, and what to do. */
export function Broken({ error, again }: { error: Error; again?: () => void }) {
  const { t } = useWords();
  const trouble = error instanceof Trouble ? error : null;
  const offline = trouble?.status === null;
  const wait = trouble?.retryAfter;
  const refused = trouble?.status === 422 || trouble?.status === 400;
  return (
    <section role="alert" className="max-w-read py-10">
      <h2 className="font-serif text-26">
        {offline ? t("offline") : refused ? trouble?.detail : wait ? t("tooMany", { seconds: wait }) : t("broken")}
      </h2>
      {!offline && !wait && !refused && (
        <p className="mt-2 text-quiet">
          {t("brokenAdvice")} <code className="text-15">{trouble?.requestId ?? "–"}</code>
        </p>
      )}
      {again && !refused && (
        <button type="button" onClick={again} className="mt-6 rounded border border-faint px-4 py-2">
          {t("again")}
        </button>
      )}
    </section>
  );
}

/** The shape of what comes, after a moment; words for those who hear the page. */
export function Skeleton({ rows = 6 }: { rows?: number }) {
  const { t } = useWords();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), PATIENCE);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" className={shown ? "" : "invisible"}>
      <span className="sr-only">{t("loading")}</span>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} aria-hidden className="border-b border-line py-4">
          <div className="h-5 w-2/3 rounded bg-raised" />
          <div className="mt-2 h-4 w-1/3 rounded bg-raised" />
          <div className="mt-3 h-12 rounded bg-raised" />
        </div>
      ))}
    </div>
  );
}
