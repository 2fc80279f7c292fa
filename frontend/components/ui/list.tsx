"use client";

import { keepPreviousData, useQuery, type QueryKey } from "@tanstack/react-query";
import Link from "next/link";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useEffect } from "react";
import { Button } from "./button";
import { NotRefreshed } from "./loaded";
import { Broken, Empty, Refusal, Skeleton } from "./notices";
import { data, IF_SIGNED_IN } from "@/lib/api";
import { client } from "@/lib/client/client.gen";
import { isGone } from "@/lib/gone";
import { useWords } from "@/lib/i18n";
import { lists } from "@/lib/messages/lists";
import { listQuery, pageNumbers, readList, sortedBy, writeList, type ListShape, type ListState } from "@/lib/list-url";
import { useArrival } from "@/lib/use-arrival";
import { useSend } from "@/lib/use-send";

/** What a list of the API answers with. */
export interface PageOf<R> {
  data: R[];
  total_count?: number | null;
  total_pages?: number | null;
}

export interface Column<R> {
  key: string;
  title: string;
  cell: (row: R) => React.ReactNode;
  /** The column by which the API sorts. */
  sort?: string;
  numeric?: boolean;
}

export interface Filter {
  name: string;
  label: string;
  choices: readonly (readonly [string, string])[];
}

interface ListProps<R> {
  title: string;
  /** What the list is called by the cache; the state of the address is added to it. */
  queryKey: QueryKey;
  load: (query: Record<string, string | number>, signal: AbortSignal) => Promise<PageOf<R>>;
  columns: readonly Column<R>[];
  rowKey: (row: R) => string;
  filters?: readonly Filter[];
  /** What the search looks in; without it there is none. */
  searchIn?: string;
  /** The order where the address names none. */
  sort?: string;
  /** Shown where there is nothing and nothing is filtered: why, and what to do. */
  empty?: React.ReactNode;
  /** Beside the title: what can be made. */
  actions?: React.ReactNode;
  /** Between the title and the filters. */
  above?: React.ReactNode;
  /** The path of the list in the API, where it gives CSV, with what is asked beside its state; and the name of the file. */
  csv?: { url: string; path?: Record<string, unknown>; query?: Record<string, unknown>; name: string };
  /** `h1` where the list is the page. */
  level?: "h1" | "h2";
}

/** A list: title and count, filters and what is active of them, rows, pages. All of its state is in the address. */
export function List<R>({ title, queryKey, load, columns, rowKey, filters = [], searchIn, sort = "", empty, actions, above, csv, level: Heading = "h1" }: ListProps<R>) {
  const { t, language, number } = useWords(lists);
  const shape: ListShape = { filters: filters.map(({ name }) => name), sort };
  const { state, at } = useList(shape);
  const rows = useQuery({
    queryKey: [...queryKey, language, state],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => load(listQuery(state), signal),
  });
  const heading = useArrival(Heading === "h1");
  const router = useRouter();
  const last = rows.data?.total_pages ?? 0;
  const past = !!rows.data && !rows.isPlaceholderData && rows.data.data.length === 0 && last > 0 && state.page > last;
  const end = at({ page: last });
  useEffect(() => {
    if (past) router.replace(end);
  }, [past, end]);
  const filtered = state.search !== "" || Object.keys(state.filters).length > 0;
  const total = rows.data?.total_count ?? rows.data?.data.length;
  return (
    <section>
      <div className="flex flex-wrap items-baseline justify-between gap-4 py-4">
        <Heading ref={heading} tabIndex={Heading === "h1" ? -1 : undefined} className="outline-none font-serif text-26 font-semibold">
          {title} {total !== undefined && <span className="font-sans text-15 font-normal text-quiet tabular-nums">{number(total)}</span>}
        </Heading>
        <div className="flex flex-wrap gap-4">{actions}</div>
      </div>
      {above}
      {(filters.length > 0 || searchIn) && <Filters {...{ state, at, filters, searchIn }} />}
      {rows.error && rows.data && !isGone(rows.error) && <NotRefreshed error={rows.error} again={() => void rows.refetch()} />}
      {rows.error && (!rows.data || isGone(rows.error)) ? (
        <Broken error={rows.error} again={() => void rows.refetch()} />
      ) : !rows.data || past ? (
        <Skeleton />
      ) : rows.data.data.length === 0 ? (
        filtered ? (
          <Empty title={t("nothingFits")}>
            <Link href={at({ search: "", filters: {} })}>{t("clearFilters")}</Link>
          </Empty>
        ) : (
          (empty ?? <Empty title={t("nothingThere")} />)
        )
      ) : (
        <div aria-busy={rows.isPlaceholderData} className={rows.isPlaceholderData ? "opacity-60" : ""}>
          <Table {...{ columns, rowKey, state, at, label: title }} rows={rows.data.data} />
          <div className="flex flex-wrap items-center justify-between gap-4 py-4">
            <Pages page={state.page} pages={rows.data.total_pages ?? 1} at={at} />
            {csv && <Csv {...csv} state={state} />}
          </div>
        </div>
      )}
    </section>
  );
}

/** The state of the list of a page, and the address of the page with another one. */
export function useList(shape: ListShape) {
  const path = usePathname();
  const parameters = useSearchParams();
  const address = new URLSearchParams(parameters.toString());
  const state = readList(address, shape);
  const at = (changes: Partial<ListState>) => path + writeList({ ...state, page: 1, ...changes }, shape, address);
  return { state, at };
}

interface Here {
  state: ListState;
  at: (changes: Partial<ListState>) => string;
}

function Filters({ state, at, filters, searchIn }: Here & { filters: readonly Filter[]; searchIn?: string }) {
  const { t } = useWords(lists);
  const router = useRouter();
  const active = filters.filter(({ name }) => state.filters[name]);
  return (
    <div className="flex flex-col gap-3 pb-4">
      <div className="flex flex-wrap items-end gap-4">
        {searchIn && (
          <form
            role="search"
            key={state.search}
            className="flex min-w-0 grow basis-full gap-2 tablet:basis-0"
            onSubmit={(event) => {
              event.preventDefault();
              router.push(at({ search: String(new FormData(event.currentTarget).get("search")).trim() }));
            }}
          >
            <input
              type="search"
              name="search"
              dir="auto"
              defaultValue={state.search}
              aria-label={`${t("find")}: ${searchIn}`}
              placeholder={searchIn}
              className="w-full min-w-40 max-w-form rounded border border-faint bg-paper px-3 py-2 text-17 text-ink placeholder:text-quiet"
            />
            <Button type="submit">{t("find")}</Button>
          </form>
        )}
        {filters.map(({ name, label, choices }) => (
          <label key={name} className="text-15 text-quiet">
            {label}
            <select
              value={state.filters[name] ?? ""}
              onChange={(event) => router.push(at({ filters: { ...state.filters, [name]: event.target.value } }))}
              className="ms-2 min-h-11 max-w-64 rounded border border-faint bg-paper px-2 text-15 text-ink"
            >
              <option value="">{t("all")}</option>
              {choices.map(([value, word]) => (
                <option key={value} value={value}>
                  {word}
                </option>
              ))}
            </select>
          </label>
        ))}
      </div>
      {(active.length > 0 || state.search) && (
        <ul aria-label={t("filters")} className="flex flex-wrap gap-2">
          {state.search && <Chip name={`“${state.search}”`} href={at({ search: "" })} />}
          {active.map(({ name, choices }) => {
            const { [name]: value = "", ...others } = state.filters;
            return <Chip key={name} name={choices.find(([each]) => each === value)?.[1] ?? value} href={at({ filters: others })} />;
          })}
          <li>
            <Link href={at({ search: "", filters: {} })} className="block px-1 py-1 text-15">
              {t("clearFilters")}
            </Link>
          </li>
        </ul>
      )}
    </div>
  );
}

/** An active filter, which a press removes. */
export function Chip({ name, href }: { name: string; href: string }) {
  const { t } = useWords(lists);
  return (
    <li>
      <Link href={href} prefetch={false} aria-label={t("remove", { name })} className="flex items-center gap-2 rounded bg-raised px-3 py-1 text-15 text-ink no-underline">
        <bdi>{name}</bdi> <span aria-hidden>×</span>
      </Link>
    </li>
  );
}

interface TableProps<R> {
  label: string;
  columns: readonly Column<R>[];
  rows: readonly R[];
  rowKey: (row: R) => string;
  /** Where its order is in the address. */
  state?: ListState;
  at?: Here["at"];
}

/** A table, the first column of which is the strong line; on phones each row is a block. */
export function Table<R>({ label, columns, rows, rowKey, state, at }: TableProps<R>) {
  const { t } = useWords(lists);
  // Roles by name: a table whose rows are blocks is none to some screen readers.
  return (
    <table role="table" aria-label={label} className="block w-full text-15 tablet:table">
      <thead role="rowgroup" className="sr-only tablet:not-sr-only tablet:table-header-group">
        <tr role="row" className="tablet:table-row">
          {columns.map(({ key, title, sort, numeric }) => {
            const [up, down] = [sort && state?.sort === sort, sort && state?.sort === `-${sort}`];
            return (
              <th
                key={key}
                role="columnheader"
                scope="col"
                aria-sort={up ? "ascending" : down ? "descending" : undefined}
                className={`border-b border-line py-2 pe-4 font-normal text-quiet ${numeric ? "text-end" : "text-start"}`}
              >
                {sort && state && at ? (
                  <Link href={at({ sort: sortedBy(sort, state.sort) })} prefetch={false} aria-label={t("sortBy", { name: title })} className="text-quiet no-underline hover:underline">
                    {title} <span aria-hidden>{up ? "↑" : down ? "↓" : ""}</span>
                  </Link>
                ) : (
                  title
                )}
              </th>
            );
          })}
        </tr>
      </thead>
      <tbody role="rowgroup" className="block tablet:table-row-group">
        {rows.map((row) => (
          <tr key={rowKey(row)} role="row" className="block border-b border-line py-3 tablet:table-row">
            {columns.map(({ key, title, cell, numeric }, place) => (
              <td
                key={key}
                role="cell"
                className={`block break-words tablet:table-cell tablet:border-b tablet:border-line tablet:py-3 tablet:pe-4 ${place === 0 ? "text-17 font-medium tablet:text-15" : ""} ${numeric ? "tabular-nums tablet:text-end" : ""}`}
              >
                {place > 0 && title && (
                  <span aria-hidden className="me-2 inline-block text-quiet tablet:hidden">
                    {title}
                  </span>
                )}
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The pages of a list, by number. */
export function Pages({ page, pages, at }: { page: number; pages: number; at: Here["at"] }) {
  const { t, number } = useWords(lists);
  if (pages < 2) return <span />;
  return (
    <nav aria-label={t("pages")} className="flex flex-wrap items-center gap-2 text-15 tabular-nums">
      {page > 1 && (
        <Link rel="prev" href={at({ page: page - 1 })} prefetch={false} className="px-2 py-2">
          {t("previous")}
        </Link>
      )}
      {pageNumbers(page, pages).map((each, place) =>
        each === 0 ? (
          <span key={`gap ${place}`} aria-hidden>
            …
          </span>
        ) : each === page ? (
          <span key={each} aria-current="page" className="px-2 py-2 font-semibold">
            {number(each)}
          </span>
        ) : (
          <Link key={each} href={at({ page: each })} prefetch={false} className="px-2 py-2">
            {number(each)}
          </Link>
        ),
      )}
      {page < pages && (
        <Link rel="next" href={at({ page: page + 1 })} prefetch={false} className="px-2 py-2">
          {t("next")}
        </Link>
      )}
    </nav>
  );
}

function Csv({ url, path, query: asked, name, state }: { url: string; path?: Record<string, unknown>; query?: Record<string, unknown>; name: string; state: ListState }) {
  const { t } = useWords(lists);
  const { page: _, items_per_page: __, ...query } = listQuery(state);
  const { send, busy, trouble } = useSend({
    send: () => data(client.get({ url, path, query: { ...query, ...asked, format: "csv" }, parseAs: "blob", ...IF_SIGNED_IN }) as Promise<{ data?: Blob; response?: Response }>),
    done: (blob) => saveAs(blob, name),
  });
  return (
    <div>
      <Button kind="quiet" busy={busy} onClick={() => void send()}>
        {t("csv")}
      </Button>
      {trouble && <Refusal trouble={trouble} />}
    </div>
  );
}

/** Have the browser keep a file. */
export function saveAs(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
