"use client";

import { Autocomplete } from "@base-ui/react/autocomplete";
import { useQuery } from "@tanstack/react-query";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { data } from "@/lib/api";
import { listSuggestions } from "@/lib/client/sdk.gen";
import type { Suggestion } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { readSearch, writeSearch } from "@/lib/search-url";

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
  const { t, language } = useWords();
  const router = useRouter();
  const here = usePathname();
  const asked = readSearch(new URLSearchParams(useSearchParams().toString()));
  const [text, setText] = useState(asked.query);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => setText(asked.query), [asked.query]);
  useEffect(() => {
    function lead(event: KeyboardEvent) {
      const typing = event.target instanceof HTMLElement && event.target.closest("input, textarea, select, [contenteditable]");
      if ((event.key === "/" && !typing) || (event.code === "KeyK" && (event.ctrlKey || event.metaKey))) {
        event.preventDefault();
        input.current?.focus();
        input.current?.select();
      }
    }
    addEventListener("keydown", lead);
    return () => removeEventListener("keydown", lead);
  }, []);

  const words = useLater(text.trim());
  const { data: suggestions = [] } = useQuery({
    queryKey: ["suggest", words],
    enabled: words.length > 1 && words !== asked.query,
    queryFn: ({ signal }) => data(listSuggestions({ query: { q: words }, signal })) as Promise<Suggestion[]>,
  });

  function search(query: string) {
    const inList = here.replace(/\/$/, "") === `/${language}/search`;
    const address = `/${language}/search${writeSearch({ query: query.trim(), page: 1, filters: inList ? asked.filters : {} })}`;
    input.current?.blur();
    router.push(address);
  }

  function choose(chosen: Suggestion) {
    if (chosen.decision_id) router.push(`/${language}/decision?id=${chosen.decision_id}`);
    else search(chosen.text);
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
      <Autocomplete.Root items={text.trim() ? suggestions : []} value={text} onValueChange={setText} itemToStringValue={(item: Suggestion) => item.text} mode="none">
        <Autocomplete.Input
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
        />
        <Autocomplete.Portal>
          <Autocomplete.Positioner sideOffset={4} className="z-20">
            <Autocomplete.Popup className="max-h-80 w-(--anchor-width) overflow-y-auto rounded border border-line bg-paper py-1 empty:hidden">
              <Autocomplete.List>
                {(item: Suggestion) => (
                  <Autocomplete.Item
                    key={`${item.kind} ${item.text}`}
                    value={item}
                    onClick={() => choose(item)}
                    className="cursor-default px-3 py-2 text-15 data-[highlighted]:bg-raised"
                  >
                    {item.text}
                  </Autocomplete.Item>
                )}
              </Autocomplete.List>
            </Autocomplete.Popup>
          </Autocomplete.Positioner>
        </Autocomplete.Portal>
      </Autocomplete.Root>
      <button type="submit" className={`rounded bg-press px-4 font-medium text-on-press ${large ? "text-17" : "text-15"}`}>
        {t("search")}
      </button>
    </form>
  );
}
