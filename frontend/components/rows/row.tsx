"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { Suspense } from "react";
import { RowsFrame, Scene, TenantRowsFrame, useLabel, useWindowTitle, type Shown } from "./frame";
import { useValue } from "./value";
import { ButtonLink } from "../ui/button";
import { Confirm } from "../ui/dialog";
import { Facts } from "../ui/facts";
import { Loaded } from "../ui/loaded";
import { Broken } from "../ui/notices";
import { Trouble } from "@/lib/api";
import { changedMeanwhile } from "@/lib/changed";
import { useWords } from "@/lib/i18n";
import { useLive } from "@/lib/live";
import { rows } from "@/lib/messages/rows";
import { nameOf, rowsKey, useRow, type Row } from "@/lib/rows";
import { isId } from "@/lib/tenant-sections";
import { tellThere } from "@/lib/told";

const LONG = new Set(["long", "json"]);

/** The page of one row. */
export function RowPage() {
  return <Suspense><RowsFrame>{(shown) => <One shown={shown} />}</RowsFrame></Suspense>;
}

/** The same inside a team. */
export function TenantRowPage() {
  return <Suspense><TenantRowsFrame>{(shown) => <One shown={shown} />}</TenantRowsFrame></Suspense>;
}

function One({ shown }: { shown: Shown }) {
  const { pages, tenant, href } = shown;
  const { t } = useWords(rows);
  const parameters = useSearchParams();
  const id = parameters.get("row") ?? "";
  const from = parameters.get("from") ?? "";
  const row = useRow(pages, isId(id) ? id : "", tenant);
  const queries = useQueryClient();
  const name = row.data && (nameOf(pages, row.data) || t("unnamed"));
  useWindowTitle(name ?? pages.title);
  useLive(pages.changes, tenant, () => void queries.invalidateQueries({ queryKey: rowsKey(pages.name, tenant) }));
  const list = href("rows", Object.fromEntries(new URLSearchParams(from)));
  return (
    <Scene shown={shown} title={<bdi dir="auto">{name ?? pages.title}</bdi>} back={{ href: list, name: pages.title }}>
      {isId(id) ? <Loaded query={row}>{(found) => <Whole shown={shown} row={found} list={list} from={from} />}</Loaded> : <Broken error={new Trouble(404, {}, null, null)} />}
    </Scene>
  );
}

interface WholeProps {
  shown: Shown;
  row: Row;
  list: string;
  from: string;
}

function Whole({ shown, row, list, from }: WholeProps) {
  const { pages, tenant, href, mayWrite } = shown;
  const { t } = useWords(rows);
  const Heading = tenant ? "h3" : "h2";
  const label = useLabel(pages);
  const value = useValue({ shown });
  const others = pages.details.filter((name) => name !== pages.called || LONG.has(pages.fields[name]?.kind ?? ""));
  const long = others.filter((name) => LONG.has(pages.fields[name]?.kind ?? "") && row[name] !== null);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-x-12 gap-y-8 wide:grid-cols-[minmax(0,1fr)_18rem]">
      <Facts label={t("row")} rows={others.filter((name) => !long.includes(name)).map((name) => [label(name), value(name, row)] as const)} />
      <div className="flex min-w-0 flex-col gap-8 wide:order-first">
        {long.map((name) => (
          <section key={name}>
            <Heading className="mb-2 text-15 font-semibold text-quiet">{label(name)}</Heading>
            {value(name, row)}
          </section>
        ))}
        {mayWrite(row) && (
          <div className="flex flex-wrap gap-4">
            <ButtonLink kind="plain" href={href("row/edit", { row: row.id, ...(from && { from }) })}>
              {t("edit")}
            </ButtonLink>
            <Remove shown={shown} row={row} list={list} />
          </div>
        )}
      </div>
    </div>
  );
}

function Remove({ shown: { pages, tenant, api }, row, list }: Omit<WholeProps, "from">) {
  const { t } = useWords(rows);
  const router = useRouter();
  const queries = useQueryClient();
  const name = nameOf(pages, row) || t("unnamed");
  const key = rowsKey(pages.name, tenant);
  return (
    <Confirm
      label={t("remove")}
      title={t("removeTitle", { name })}
      text={t("removeText")}
      action={t("remove")}
      send={async () => {
        try {
          return await api.remove(row.id, { "If-Match": `"${row.version}"` });
        } catch (error) {
          void queries.invalidateQueries({ queryKey: [...key, "one", row.id] });
          throw changedMeanwhile(error, t("changedNotRemoved")) ?? error;
        }
      }}
      done={() => {
        tellThere(t("removed", { name }));
        router.push(list);
        return queries.invalidateQueries({ queryKey: [...key, "list"] });
      }}
    />
  );
}
