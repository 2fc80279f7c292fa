"use client";

import { useEffect, useState } from "react";

const NAME = "keys"; // in the browser's storage; "off" where somebody wants none (WCAG 2.1.4)

function wanted(): boolean {
  try {
    return localStorage.getItem(NAME) !== "off";
  } catch {
    return true; // storage is shut
  }
}

/** Single keys that do something while nobody types. */
export function useKeys(keys: Record<string, () => unknown>): void {
  useEffect(() => {
    function press(event: KeyboardEvent) {
      const typing = event.target instanceof HTMLElement && event.target.closest("input, textarea, select, [contenteditable], [role=dialog]");
      if (typing || event.ctrlKey || event.metaKey || event.altKey || !wanted()) return;
      const act = keys[event.key.toLowerCase()];
      if (act) {
        event.preventDefault();
        act();
      }
    }
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
}

/** Whether single keys do something, and a switch. */
export function useKeySwitch(): [boolean, () => void] {
  const [on, setOn] = useState(true);
  useEffect(() => setOn(wanted()), []);
  function change() {
    try {
      if (on) localStorage.setItem(NAME, "off");
      else localStorage.removeItem(NAME);
    } catch {
      return; // storage is shut: the keys stay as they are
    }
    setOn(!on);
  }
  return [on, change];
}
