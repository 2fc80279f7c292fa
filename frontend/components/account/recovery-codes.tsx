"use client";

import { useEffect, useRef } from "react";
import { Button } from "../ui/button";
import { Copy } from "../ui/copy";
import { saveAs } from "../ui/list";
import { useWords } from "@/lib/i18n";
import { account } from "@/lib/messages/account";

/** Recovery codes, which are shown this once: to copy, to keep as a file, to print. */
export function RecoveryCodes({ codes, done }: { codes: readonly string[]; done: () => void }) {
  const { t } = useWords(account);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  const text = codes.join("\n");
  return (
    <section className="max-w-form">
      <h2 ref={title} tabIndex={-1} className="text-20 font-semibold outline-none">
        {t("codesTitle")}
      </h2>
      <p className="mt-1">{t("codesText")}</p>
      <ul dir="ltr" className="my-6 columns-2 text-17 tabular-nums">
        {codes.map((code) => (
          <li key={code} className="py-1">
            <code className="select-all">{code}</code>
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-4">
        <Button kind="primary" onClick={done}>
          {t("codesKept")}
        </Button>
        <Copy text={text} />
        <Button onClick={() => saveAs(new Blob([`${text}\n`], { type: "text/plain" }), "recovery-codes.txt")}>{t("download")}</Button>
      </div>
    </section>
  );
}
