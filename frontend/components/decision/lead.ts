const ACTS = ["wheel", "touchmove", "pointerdown", "keydown"] as const;

/**
 * Bring something into sight, and keep it there while the text around it grows: paragraphs that were never on screen have an
 * estimated height, and those far away come later. It ends with the reader's next act.
 *
 * @returns what ends it before.
 */
export function leadTo(target: HTMLElement | null, block: ScrollLogicalPosition): () => void {
  const text = target?.closest("[data-text]");
  if (!target || !text) return () => undefined;
  const begun = performance.now();
  let frame = 0;
  const lead = () => target.scrollIntoView({ block, behavior: "instant" });
  const growth = new ResizeObserver(() => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(lead);
  });
  const acts = new AbortController();
  function stop() {
    cancelAnimationFrame(frame);
    growth.disconnect();
    acts.abort();
  }
  growth.observe(text);
  for (const act of ACTS)
    addEventListener(act, (event) => event.timeStamp > begun && stop(), { passive: true, signal: acts.signal }); // the act that led here is older
  lead();
  return stop;
}

/** Lead to a passage and give it the focus, unless one walks by buttons. */
export function leadToPassage(passage: HTMLElement | null): () => void {
  const stop = leadTo(passage, "center");
  if (!document.activeElement?.closest("[data-keeps-focus]")) passage?.focus({ preventScroll: true });
  return stop;
}
