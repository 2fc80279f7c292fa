/**
 * Bring a passage into the middle. Paragraphs that were never on screen have an estimated height, so the page grows as it
 * comes there: it is asked for again until it stays. Then it has the focus, unless one walks by buttons.
 */
export function leadTo(passage: HTMLElement | null): (() => void) | undefined {
  if (!passage) return undefined;
  let [left, place, frame] = [20, NaN, 0];
  function step() {
    passage?.scrollIntoView({ block: "center", behavior: "instant" });
    const now = passage?.getBoundingClientRect().top ?? 0;
    left -= 1;
    if (left > 0 && (Math.abs(now - place) > 1 || left > 17)) frame = requestAnimationFrame(step);
    else if (!document.activeElement?.closest("[data-keeps-focus]")) passage?.focus({ preventScroll: true });
    place = now;
  }
  frame = requestAnimationFrame(step);
  return () => cancelAnimationFrame(frame);
}
