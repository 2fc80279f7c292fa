"use client";

import { useEffect, useState } from "react";
import { Button } from "./button";
import { Trouble } from "@/lib/api";
import { useWords } from "@/lib/i18n";

const PATIENCE = 150; // milliseconds before a skeleton shows
const SLOW = 5_000; // milliseconds before it says so
const LONG = 10_000; // milliseconds before it offers a way on

/** Seconds that are left, and again 0. */
export function useCountdown(seconds: number | null, since?: unknown): number {
  const [left, setLeft] = useState(seconds ?? 0);
  useEffect(() => {
    setLeft(seconds ?? 0);
    if (!seconds) return;
    const end = Date.now() + seconds * 1000;
    const timer = setInterval(() => {
      const now = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      setLeft(now);
      if (now === 0) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [seconds, since]);
  return left;
}

/** Do something as soon as there is a connection again. */
export function useOnline(back?: () => void): void {
  useEffect(() => {
    if (!back) return;
    addEventListener("online", back);
    return () => removeEventListener("online", back);
  }, [back]);
}

/** A place in the page where something could not be shown: what happened, what is safe, what to do. */
export function Broken({ error, again, children }: { error: Error; again?: () => void; children?: React.ReactNode }) {
  const { t } = useWords();
  const trouble = error instanceof Trouble ? error : null;
  const status = trouble ? trouble.status : null;
  const wait = useCountdown(trouble?.retryAfter ?? null, trouble);
  useOnline(status === null ? again : undefined);
  const [title, advice] =
    status === null
      ? [t("offline"), t("offlineAdvice")]
      : status === 403
        ? [t("forbidden"), [trouble?.detail, t("forbiddenAdvice")].filter(Boolean).join(" ")]
        : status === 404
          ? [t("missing"), t("missingAdvice")]
          : status === 429
            ? [wait ? t("tooMany", { seconds: wait }) : t("tooManyNow"), null]
            : status === 503
              ? [t("busy"), t("busyAdvice")]
              : status === 400 || status === 422
                ? [trouble?.detail, null]
                : [t("broken"), t("brokenAdvice")];
  const fault = status !== null && status >= 500;
  const useless = status === 403 || status === 404 || status === 400 || status === 422;
  return (
    <section role="alert" className="max-w-read py-10">
      <h2 className="font-serif text-26">{title}</h2>
      {advice && (
        <p className="mt-2 text-quiet">
          {advice} {fault && status !== 503 && <RequestId trouble={trouble} />}
        </p>
      )}
      <div className="mt-6 flex flex-wrap gap-4 empty:hidden">
        {again && !useless && (
          <Button onClick={again} disabled={wait > 0}>
            {t("again")}
          </Button>
        )}
        {children}
      </div>
    </section>
  );
}

function RequestId({ trouble }: { trouble: Trouble | null }) {
  return <code className="text-15 break-all select-all">{trouble?.requestId ?? "–"}</code>;
}

/** Above the button of a form, and in dialogs: why it was not done. */
export function Refusal({ trouble: error }: { trouble: Error }) {
  const { t } = useWords();
  const trouble = error instanceof Trouble ? error : null;
  const wait = useCountdown(trouble?.retryAfter ?? null, trouble);
  const fault = !trouble || (trouble.status !== null && trouble.status >= 500);
  const text = trouble?.status === null ? t("offlineSave") : wait ? t("tooMany", { seconds: wait }) : trouble?.detail || t("notSaved");
  return (
    <div role="alert" className="border-s-4 border-late ps-3">
      <p>{text}</p>
      {fault && trouble?.status !== null && (
        <p className="text-15 text-quiet">
          {t("notSavedAdvice")} <RequestId trouble={trouble} />
        </p>
      )}
      {wait > 0 && trouble?.detail && <p className="text-15 text-quiet">{trouble.detail}</p>}
    </div>
  );
}

/** Something to know before one goes on. */
export function Note({ children, kind = "plain" }: { children: React.ReactNode; kind?: "plain" | "late" }) {
  return <div className={`border-s-4 ps-3 ${kind === "late" ? "border-late" : "border-press"}`}>{children}</div>;
}

/** A list with nothing in it: why, and what to do. */
export function Empty({ title, children }: { title: React.ReactNode; children?: React.ReactNode }) {
  return (
    <section className="py-10">
      <h2 className="font-serif text-20">{title}</h2>
      {children && <div className="mt-2 text-quiet">{children}</div>}
    </section>
  );
}

/** The shape of what comes, after a moment; words where it takes long, and a way on. */
export function Skeleton({ rows = 6, again }: { rows?: number; again?: () => void }) {
  const { t } = useWords();
  const [stage, setStage] = useState(0);
  useEffect(() => {
    const timers = [PATIENCE, SLOW, LONG].map((after, place) => setTimeout(() => setStage(place + 1), after));
    return () => timers.forEach(clearTimeout);
  }, []);
  return (
    <div role="status" aria-busy className={stage ? "" : "invisible"}>
      <span className={stage > 1 ? "block py-4 text-quiet" : "sr-only"}>{stage > 1 ? t("slow") : t("loading")}</span>
      {stage > 2 && (
        <Button onClick={again ?? (() => location.reload())} className="mb-4">
          {t("again")}
        </Button>
      )}
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} aria-hidden className="border-b border-line py-4">
          <div className="h-5 w-2/3 rounded bg-raised" />
          <div className="mt-2 h-4 w-1/3 rounded bg-raised" />
        </div>
      ))}
    </div>
  );
}
