"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import type { Here } from "../results";
import { useWords } from "@/lib/i18n";
import { courtsight } from "@/lib/messages/courtsight";
import { SINGLE, SORTS, STRATEGIES, exportAddress, type SearchState, type Single, type Strategy } from "@/lib/search-url";

const FORMATS = ["csv", "json"] as const;

/** The order of the list, and what is asked for less often: how to rank, people and days, the list as a file. */
export function Controls({ state, at }: Here) {
  const { t } = useWords(courtsight);
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 pt-3 text-15">
      <ul aria-label={t("sort")} className="flex flex-wrap gap-4">
        {SORTS.filter((sort) => state.query || sort !== "relevance").map((sort) => (
          <li key={sort}>
            {sort === state.sort || (!state.query && state.sort === "relevance" && sort === "-pronounced_on") ? (
              <span aria-current="true" className="font-semibold">
                {t(`sort_${sort}`)}
              </span>
            ) : (
              <Link href={at({ sort })} prefetch={false}>
                {t(`sort_${sort}`)}
              </Link>
            )}
          </li>
        ))}
      </ul>
      <details className="group min-w-0 open:w-full">
        <summary className="cursor-default text-press">{t("advanced")}</summary>
        <Advanced key={at({})} state={state} at={at} />
        {state.query && (
          <p className="mt-4 flex flex-wrap gap-4">
            <span className="text-quiet">{t("save")}</span>
            {FORMATS.map((format) => (
              <a key={format} href={exportAddress(state, format)} download aria-label={t("saveAs", { format: format.toUpperCase() })}>
                {format.toUpperCase()}
              </a>
            ))}
          </p>
        )}
      </details>
    </div>
  );
}

function Advanced({ state, at }: Here) {
  const { t } = useWords(courtsight);
  const router = useRouter();
  function apply(event: React.FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const singles: SearchState["singles"] = {};
    for (const name of SINGLE) {
      const value = String(given.get(name) ?? "").trim();
      if (value) singles[name] = value;
    }
    router.push(at({ singles, strategy: given.get("strategy") as Strategy }));
  }
  const field = "mt-1 block w-full rounded border border-faint bg-paper px-2 py-2 text-ink";
  return (
    <form onSubmit={apply} className="mt-3 grid gap-4 rounded bg-raised p-4 tablet:grid-cols-2">
      {SINGLE.map((name: Single) => (
        <label key={name} className="block">
          {t(`filter_${name}`)}
          <input name={name} type={name.startsWith("date") ? "date" : "text"} maxLength={300} defaultValue={state.singles[name] ?? ""} className={field} />
        </label>
      ))}
      <label className="block">
        {t("strategy")}
        <select name="strategy" defaultValue={state.strategy} className={field}>
          {STRATEGIES.map((strategy) => (
            <option key={strategy} value={strategy}>
              {t(`strategy_${strategy}`)}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" className="min-h-11 self-end rounded border border-press px-4 font-medium text-press tablet:col-span-2 tablet:justify-self-start">
        {t("apply")}
      </button>
    </form>
  );
}
