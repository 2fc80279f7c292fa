"use client";

import { useEffect, useState } from "react";

let told: string | null = null;

/** Say on the page that one is led to what was done, once: not after a reload, nor after Back. */
export function tellThere(words: string): void {
  told = words;
}

/** What the page before wanted said. */
export function useTold(): string | null {
  const [words] = useState(() => told);
  useEffect(() => {
    told = null;
  }, []);
  return words;
}
