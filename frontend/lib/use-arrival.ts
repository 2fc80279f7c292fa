"use client";

import { useEffect, useRef } from "react";

/** For the title of a page: it takes the focus, unless a field has asked for it already. */
export function useArrival(on = true) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (on && (document.activeElement === document.body || document.activeElement === null)) heading.current?.focus({ preventScroll: true });
  }, []);
  return heading;
}
