"use client";

import { Dialog } from "@base-ui/react/dialog";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { leadTo } from "./lead";
import { PageControls } from "./original-controls";
import { Broken, Skeleton } from "../ui/notices";
import { data } from "@/lib/api";
import { listBoxes, readPage } from "@/lib/client/sdk.gen";
import type { DecisionRead, PassagePage } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { original as room } from "@/lib/messages/original";
import { atOriginal, readOriginal, type Place } from "@/lib/original-url";
import type { Passage } from "@/lib/passages";

const BESIDE = "(min-width: 64rem)";
const STEP = 400; // pixels between the widths that are made
const [NARROWEST, WIDEST] = [800, 2000];
const A4 = { width: 595, height: 842 };

interface Shown {
  decision: DecisionRead;
  passage: Passage | null;
  /** The way from hit to hit, where the text is covered. */
  children?: React.ReactNode;
}

/** The PDF of a decision: beside its text where there is room, before it on a phone. */
export function Original({ decision, passage, children }: Shown) {
  const { t } = useWords(room);
  const beside = useBeside();
  const place = readOriginal(useSearchParams()) ?? { page: null, larger: false };
  const root = useRef<HTMLElement>(null);
  useEffect(() => {
    const button = document.activeElement?.closest("[data-original]");
    if (!beside || !button) return undefined;
    root.current?.focus({ preventScroll: true });
    return leadTo(document.querySelector<HTMLElement>("[data-passage]"), "center"); // its lines are broken anew
  }, [beside]);
  const go = (to: Place | null) => {
    history.replaceState(null, "", atOriginal(new URLSearchParams(location.search), to));
    if (!to) requestAnimationFrame(() => document.querySelector<HTMLElement>("[data-original]")?.focus({ preventScroll: true }));
  };
  const pages = decision.original ? (
    <Pages decision={decision} count={decision.original.page_count} passage={passage} place={place} go={go} />
  ) : (
    <NotKept close={() => go(null)} />
  );
  if (beside)
    return (
      <section ref={root} tabIndex={-1} aria-label={t("original")} className="no-print sticky top-18 mt-6 flex h-[calc(100dvh-5rem)] flex-col rounded border border-line bg-raised">
        {pages}
      </section>
    );
  return (
    <Dialog.Root open onOpenChange={(open) => !open && go(null)}>
      <Dialog.Portal>
        <Dialog.Popup className={`no-print fixed inset-0 z-40 flex flex-col bg-raised ${children ? "pb-12" : ""}`}>
          <Dialog.Title className="sr-only">{t("original")}</Dialog.Title>
          {pages}
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface PagesProps {
  decision: DecisionRead;
  count: number;
  passage: Passage | null;
  place: Place;
  go: (to: Place | null) => void;
}

function Pages({ decision, count, passage, place, go }: PagesProps) {
  const { t } = useWords(room);
  const boxes = useQuery({
    queryKey: ["boxes", decision.id, passage],
    enabled: passage !== null,
    staleTime: Infinity,
    queryFn: ({ signal }) =>
      data(listBoxes({ path: { document_id: decision.id }, query: { section: passage?.section ?? "", start: passage?.start ?? 0, end: passage?.end ?? 0 }, signal })),
  });
  const found = passage ? (boxes.data ?? []) : [];
  const looking = passage !== null && boxes.isPending;
  const number = Math.min(count, place.page ?? found[0]?.number ?? 1);
  const away = found.length > 0 && !found.some((page) => page.number === number);
  const lost = passage !== null && !looking && !found.length;
  const turn = (by: number) => {
    const next = Math.max(1, Math.min(count, number + by));
    if (next !== number) go({ ...place, page: next });
  };
  return (
    <>
      <PageControls
        number={number}
        count={count}
        larger={place.larger}
        id={decision.id}
        turn={turn}
        zoom={() => go({ ...place, larger: !place.larger })}
        close={() => go(null)}
        toPassage={away ? () => go({ ...place, page: null }) : undefined}
      />
      {lost && (
        <p role="status" className="px-4 pb-2 text-15 text-quiet">
          {t("notOnPages")}
        </p>
      )}
      {looking && place.page === null ? <Skeleton rows={6} /> : <Page id={decision.id} number={number} larger={place.larger} on={found.find((page) => page.number === number)} turn={turn} />}
    </>
  );
}

interface PageProps {
  id: string;
  number: number;
  larger: boolean;
  /** What of the passage stands on it. */
  on: PassagePage | undefined;
  turn: (by: number) => void;
}

function Page({ id, number, larger, on, turn }: PageProps) {
  const { t } = useWords(room);
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [size, setSize] = useState(A4);
  useEffect(() => {
    if (frame.current) setWidth(pixels(frame.current.clientWidth * (larger ? 2 : 1)));
  }, [larger]);
  const picture = useQuery({
    queryKey: ["page", id, number, width],
    enabled: width > 0,
    staleTime: Infinity,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => data(readPage({ path: { document_id: id, number }, query: { width }, parseAs: "blob", signal })),
  });
  const address = useObjectUrl(picture.data);
  const late = picture.isPlaceholderData || !address;
  useEffect(() => {
    const [, top = 0] = on?.boxes[0] ?? [];
    const scale = (frame.current?.scrollHeight ?? 0) / (on?.height ?? 1);
    frame.current?.scrollTo({ top: Math.max(0, top * scale - frame.current.clientHeight / 3) });
  }, [on, number, late, larger]);
  const shown = on ?? size;
  function press(event: React.KeyboardEvent<HTMLElement>) {
    const forward = getComputedStyle(event.currentTarget).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    if (event.key === forward) turn(1);
    else if (["ArrowLeft", "ArrowRight"].includes(event.key)) turn(-1);
    else return;
    event.preventDefault();
  }
  if (picture.isError) return <div className="overflow-y-auto px-4"><Broken error={picture.error} again={() => void picture.refetch()} /></div>;
  return (
    // The page is scrolled by keys too.
    <div ref={frame} tabIndex={0} role="group" aria-label={t("picture", { number })} aria-busy={late} onKeyDown={press} className="min-h-0 flex-1 overflow-auto">
      <div dir="ltr" className={`relative mx-auto bg-page ${larger ? "w-[200%]" : "w-full"}`} style={{ aspectRatio: `${shown.width} / ${shown.height}` }}>
        {address && (
          <img
            src={address}
            alt={t("picture", { number })}
            onLoad={(event) => setSize({ width: event.currentTarget.naturalWidth, height: event.currentTarget.naturalHeight })}
            className={`block h-full w-full ${late ? "opacity-40" : ""}`}
          />
        )}
        {!late &&
          on?.boxes.map(([left = 0, top = 0, right = 0, bottom = 0], place) => (
            <span
              key={place}
              data-box
              aria-hidden
              className="pointer-events-none absolute bg-page-mark mix-blend-multiply outline-2 outline-page-box"
              style={{
                left: `${(100 * left) / on.width}%`,
                top: `${(100 * top) / on.height}%`,
                width: `${(100 * (right - left)) / on.width}%`,
                height: `${(100 * (bottom - top)) / on.height}%`,
              }}
            />
          ))}
      </div>
    </div>
  );
}

function NotKept({ close }: { close: () => void }) {
  const { t } = useWords(room);
  return (
    <div className="p-4">
      <h2 className="font-serif text-26">{t("notKept")}</h2>
      <p className="mt-2 text-quiet">{t("notKeptAdvice")}</p>
      <button type="button" onClick={close} className="mt-4 min-h-11 rounded border border-faint px-4">
        {t("close")}
      </button>
    </div>
  );
}

/** The width that is made which is not narrower than the screen needs. */
function pixels(width: number): number {
  const wanted = Math.ceil((width * devicePixelRatio) / STEP) * STEP;
  return Math.max(NARROWEST, Math.min(WIDEST, wanted));
}

function useObjectUrl(blob: Blob | undefined): string | null {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    if (!blob) return undefined;
    const made = URL.createObjectURL(blob);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return blob ? address : null;
}

/** Whether there is room for text and page side by side. */
function useBeside(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const query = matchMedia(BESIDE);
      query.addEventListener("change", changed);
      return () => query.removeEventListener("change", changed);
    },
    () => matchMedia(BESIDE).matches,
  );
}
