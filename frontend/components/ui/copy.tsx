"use client";

import { useEffect, useState } from "react";
import { Button } from "./button";
import { useWords } from "@/lib/i18n";

/** Puts a text on the clipboard, and says so. */
export function Copy({ text, label }: { text: string; label?: string }) {
  const { t } = useWords();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 3000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <Button onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}>
      <span aria-live="polite">{copied ? t("copied") : (label ?? t("copy"))}</span>
    </Button>
  );
}
