"use client";

import dynamic from "next/dynamic";
import { Suspense, useEffect, useState } from "react";
import { PALETTE } from "@/lib/shortcuts";

const Palette = dynamic(() => import("./palette").then((all) => all.Palette), { ssr: false });

/** Opens the command palette, which comes with the first press of Ctrl K (⌘K). */
export function PaletteLauncher() {
  const [open, setOpen] = useState<boolean>();
  useEffect(() => {
    const show = () => setOpen(true);
    function press(event: KeyboardEvent) {
      if (event.code !== "KeyK" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
      event.preventDefault(); // browsers lead to their own search
      setOpen((now) => !now && !document.querySelector("[role$=dialog]")); // one question at a time
    }
    addEventListener("keydown", press);
    addEventListener(PALETTE, show);
    return () => {
      removeEventListener("keydown", press);
      removeEventListener(PALETTE, show);
    };
  }, []);
  return (
    open !== undefined && (
      <Suspense>
        <Palette open={open} close={() => setOpen(false)} />
      </Suspense>
    )
  );
}
