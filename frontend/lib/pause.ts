/** Wait for some milliseconds, or until a signal ends it. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((go) => {
    const timer = setTimeout(end, milliseconds);
    function end() {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      go();
    }
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}
