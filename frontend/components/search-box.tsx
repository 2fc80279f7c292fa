"use client";

import { useQuery } from "@tanstack/react-query";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { Fragment, useEffect, useRef, useState } from "react";
import { Combobox } from "./ui/combobox";
import { data } from "@/lib/api";
import { listSuggestions } from "@/lib/client/sdk.gen";
import type { Suggestion } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { courtsight } from "@/lib/messages/courtsight";
import { readSearch, writeSearch } from "@/lib/search-url";

const NONE: Suggestion[] = [];
const PAUSE = 120; // milliseconds of no keystroke before suggestions are asked for

function useLater<T>(value: T): T {
  const [later, setLater] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLater(value), PAUSE);
    return () => clearTimeout(timer);
  }, [value]);
  return later;
}

/** The search, everywhere: `/` leads to it, Enter searches, a suggestion that is a decision opens it. */
export function SearchBox({ large = false }: { large?: boolean }) {
  const { t, language } = useWords(courtsight);
  const router = useRouter();
  const here = usePathname();
  const asked = readSearch(new URLSearchParams(useSearchParams().toString()));
  const [text, setText] = useState(asked.query);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => setText(asked.query), [asked.query]);
  useEffect(() => {
    function lead(event: KeyboardEvent) {
      const typing = event.target instanceof HTMLElement && event.target.closest("input, textarea, select, [contenteditable]");
      if (event.key === "/" && !typing) {
        event.preventDefault();
        input.current?.focus();
        input.current?.select();
      }
    }
    addEventListener("keydown", lead);
    return () => removeEventListener("keydown", lead);
  }, []);

  const words = useLater(text.trim());
  const { data: suggestions = NONE } = useQuery({
    queryKey: ["suggest", words],
    enabled: words.length > 1 && words !== asked.query,
    queryFn: ({ signal }) => data(listSuggestions({ query: { q: words }, signal })) as Promise<Suggestion[]>,
  });

  function search(query: string) {
    const inList = here.replace(/\/$/, "") === `/${language}/search`;
    const address = `/${language}/search${writeSearch(inList ? { ...asked, query: query.trim(), page: 1, asTyped: [] } : { query: query.trim() })}`;
    input.current?.blur();
    router.push(address);
  }

  function choose(chosen: Suggestion) {
    if (chosen.decision_id) router.push(`/${language}/decision?id=${chosen.decision_id}`);
    else search(chosen.kind === "court" ? `court:"${chosen.text}"` : chosen.text);
  }

  return (
    <form
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        search(text);
      }}
      className="flex gap-2"
    >
      <Combobox<Suggestion>
        items={text.trim() ? suggestions : NONE}
        itemKey={({ kind, text }) => `${kind} ${text}`}
        value={text}
        onValueChange={setText}
        choose={choose}
        footer={<Operators />}
        ref={input}
        type="search"
        name="q"
        aria-label={t("search")}
        placeholder={t("searchHint")}
        autoFocus={large}
        autoComplete="off"
        enterKeyHint="search"
        maxLength={1000}
        className={`w-full min-w-0 rounded border border-faint bg-paper px-3 text-ink placeholder:text-quiet ${large ? "py-3 text-20" : "py-2 text-17"}`}
      >
        {(item) => (
          <>
            <bdi dir="auto">{item.text}</bdi>
            <span className="shrink-0 text-13/6 text-quiet">{t(`suggestion_${item.kind}`)}</span>
          </>
        )}
      </Combobox>
      <button type="submit" className={`rounded bg-press px-4 font-medium text-on-press ${large ? "text-17" : "text-15"}`}>
        {t("search")}
      </button>
    </form>
  );
}

const OPERATORS = [
  ['"dengan sengaja"', "helpPhrase"],
  ["penipuan -giro", "helpWithout"],
  ["pasal 362 KUHP", "helpArticle"],
  ["45/Pid.B/2014/PN Kds", "helpNumber"],
  ['court:"PN Kudus" year:2019', "helpField"],
] as const;

/** What one may write, where one writes it. */
function Operators() {
  const { t } = useWords(courtsight);
  return (
    <details className="border-t border-line px-3 py-2 text-13 text-quiet first:border-t-0" onPointerDown={(event) => event.stopPropagation()}>
      <summary className="cursor-default">{t("help")}</summary>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 pt-2">
        {OPERATORS.map(([written, key]) => (
          <Fragment key={key}>
            <dt>
              <code className="text-ink">{written}</code>
            </dt>
            <dd>{t(key)}</dd>
          </Fragment>
        ))}
      </dl>
    </details>
  );
}
