"use client";

import { useQueries, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { Suspense } from "react";
import { RowsFrame, TenantRowsFrame, spelled, useLabel, useWindowTitle, type Shown } from "./frame";
import { choiceOf, useValue } from "./value";
import { Told } from "../tenants/tenant-page";
import { ButtonLink } from "../ui/button";
import { List, type Filter } from "../ui/list";
import { Empty } from "../ui/notices";
import { useWords } from "@/lib/i18n";
import { useLive } from "@/lib/live";
import { rows } from "@/lib/messages/rows";
import { nameOf, placeOf, readRowPages, rowsApi, rowsKey, type Row } from "@/lib/rows";

const NUMERIC = new Set(["integer", "number", "amount"]);
const OFFERED = 100; // rows that a filter offers

/** The list of a resource. */
export function RowsPage() {
  return <Suspense><RowsFrame>{(shown) => <Rows shown={shown} />}</RowsFrame></Suspense>;
}

/** The same inside a team. */
export function TenantRowsPage() {
  return <Suspense><TenantRowsFrame>{(shown) => <Rows shown={shown} />}</TenantRowsFrame></Suspense>;
}

function Rows({ shown }: { shown: Shown }) {
  const { pages, tenant, api, href, mayWrite } = shown;
  const { t } = useWords(rows);
  const label = useLabel(pages);
  const value = useValue({ shown, short: true });
  const filters = useFilters(shown);
  const queries = useQueryClient();
  const place = placeOf(useSearchParams());
  const key = rowsKey(pages.name, tenant);
  useWindowTitle(pages.title);
  useLive(pages.changes, tenant, () => void queries.invalidateQueries({ queryKey: key }));
  const make = mayWrite() && (
    <ButtonLink kind="primary" href={href("row/edit", place ? { from: place } : {})}>
      {pages.new}
    </ButtonLink>
  );
  const searched = pages.searched.map(label).join(", ");
  return (
    <List<Row>
      title={pages.title}
      level={tenant ? "h2" : "h1"}
      queryKey={[...key, "list"]}
      sort={pages.sort}
      load={(query, signal) => api.list(query, signal)}
      rowKey={({ id }) => id}
      searchIn={pages.searches ? searched || pages.title : undefined}
      filters={filters}
      actions={make}
      above={!tenant && <Told />}
      empty={<Empty title={t("none")}>{mayWrite() ? null : t("noneAdvice")}</Empty>}
      csv={{ url: pages.path, path: { tenant_id: tenant }, name: `${pages.name}.csv` }}
      columns={pages.columns.map((name, position) => ({
        key: name,
        title: label(name),
        sort: pages.fields[name]?.sorts ? name : undefined,
        numeric: NUMERIC.has(pages.fields[name]?.kind ?? ""),
        cell: (row) =>
          position > 0 ? (
            (value(name, row) ?? "–")
          ) : (
            <Link href={href("row", { row: row.id, ...(place && { from: place }) })} prefetch={false}>
              {value(name, row) ?? (nameOf(pages, row) || t("unnamed"))}
            </Link>
          ),
      }))}
    />
  );
}

/** Filters of what has few values: choices, yes or no, and rows of another resource. */
function useFilters({ pages, tenant }: Shown): Filter[] {
  const { t, language } = useWords(rows);
  const label = useLabel(pages);
  const references = pages.filters.filter((name) => pages.fields[name]?.kind === "reference");
  const offered = useQueries({
    queries: references.map((name) => ({
      queryKey: ["rows-offered", pages.fields[name]?.of, tenant, language],
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const of = pages.fields[name]?.of ?? "";
        const target = await readRowPages(of, signal);
        const { data: found } = await rowsApi(target, target.tenant ? tenant : "").list({ page: 1, items_per_page: OFFERED }, signal);
        return found.map((row) => [row.id, nameOf(target, row) || t("unnamed")] as const);
      },
    })),
  });
  return pages.filters.flatMap((name): Filter[] => {
    const field = pages.fields[name];
    const own = { name, label: label(name) };
    if (field?.kind === "flag") return [{ ...own, choices: [["true", t("yes")], ["false", t("no")]] }];
    if (field?.kind === "choice") return [{ ...own, choices: (field.choices ?? []).map(([each]) => [each, choiceOf(field, each) || spelled(each)] as const) }];
    if (field?.kind === "reference") return [{ ...own, choices: offered[references.indexOf(name)]?.data ?? [] }];
    return [];
  });
}
