"use client";

/** Pages of a resource that an application declares: what the service says of them, and where its rows are. */
import { useQuery } from "@tanstack/react-query";
import { data, IF_SIGNED_IN } from "./api";
import { client } from "./client/client.gen";
import { useWords } from "./i18n";
import { sessionState } from "./session";
import { useSession } from "./use-session";

export type Kind =
  | "text" | "long" | "integer" | "number" | "amount" | "flag" | "day" | "moment" | "choice"
  | "reference" | "file" | "json" | "email" | "url" | "id";

/** A field of a row. */
export interface RowField {
  kind: Kind;
  /** In the language of the page; null for what every row has. */
  label: string | null;
  required: boolean;
  nullable: boolean;
  sorts?: boolean;
  least?: number;
  most?: number;
  shortest?: number;
  longest?: number;
  /** Values, each with its word. */
  choices?: [string, string | null][];
  /** The value where none is written. */
  usual?: unknown;
  /** What a reference leads to. */
  of?: string;
  /** The last part of the path that leads to the content of a file. */
  content?: string | null;
}

/** What the pages of a resource show. */
export interface RowPages {
  name: string;
  /** Of the list in the API, with `{tenant_id}` in it where its rows are a tenant's. */
  path: string;
  tenant: boolean;
  title: string;
  new: string;
  /** The field that a row is called by. */
  called: string;
  columns: string[];
  form: string[];
  /** What is written as it was, as no form shows it. */
  kept: string[];
  details: string[];
  filters: string[];
  searched: string[];
  searches: boolean;
  sort: string;
  fields: Record<string, RowField>;
  view: string | null;
  edit: string | null;
  writes: boolean;
  moderate: string | null;
  /** A row names its owner. */
  owned: boolean;
  /** What its changes are told of as. */
  changes: string | null;
}

export type Row = Record<string, unknown> & { id: string; version: number; owner_id?: string };
type Answer<T> = Promise<{ data?: T; error?: unknown; response?: Response }>;

export const rowsKey = (name: string, tenant = "") => ["rows", name, tenant];

/** What is declared of a resource. */
export function useRowPages(name: string) {
  const { language } = useWords();
  return useQuery({
    queryKey: ["row-pages", name, language],
    enabled: name !== "",
    staleTime: Infinity,
    queryFn: ({ signal }) => readRowPages(name, signal),
  });
}

/** The same, once. Strangers are told of what everybody may see. */
export function readRowPages(name: string, signal: AbortSignal): Promise<RowPages> {
  return data(client.get<RowPages>({ ...caller(), url: "/pages/{name}.json", path: { name }, signal }) as Answer<RowPages>);
}

/** Of strangers nobody asks who they are. */
const caller = () => (sessionState().status === "out" ? {} : IF_SIGNED_IN);

/** The calls of a resource; of a tenant where it has one. */
export function rowsApi({ path }: RowPages, tenant = "") {
  const whole = { path: { tenant_id: tenant }, ...caller() };
  const one = (id: string) => ({ ...caller(), url: `${path}/{row_id}`, path: { tenant_id: tenant, row_id: id } });
  const json = (headers: Record<string, string>) => ({ "Content-Type": "application/json", ...headers });
  return {
    list: (query: Record<string, unknown>, signal?: AbortSignal) => data(client.get({ ...whole, url: path, query, signal }) as Answer<{ data: Row[]; total_count?: number | null; total_pages?: number | null }>),
    read: (id: string, signal?: AbortSignal) => data(client.get({ ...one(id), signal }) as Answer<Row>),
    create: (body: unknown, key: string) => data(client.post({ ...whole, url: path, body, headers: json({ "Idempotency-Key": key }) }) as Answer<Row>),
    replace: (id: string, body: unknown, headers: Record<string, string>) => data(client.put({ ...one(id), body, headers: json(headers) }) as Answer<Row>),
    remove: (id: string, headers: Record<string, string>) => data(client.delete({ ...one(id), headers }) as Answer<unknown>),
    content: (id: string, thing: string) => data(client.get({ ...one(id), url: `${path}/{row_id}/${thing}`, parseAs: "blob" }) as Answer<Blob>),
  };
}

/** A row. */
export function useRow(pages: RowPages | undefined, id: string, tenant = "") {
  const { status } = useSession();
  const known = status !== "unknown" || pages?.view === null;
  return useQuery({
    queryKey: [...rowsKey(pages?.name ?? "", tenant), "one", id],
    enabled: !!pages && id !== "" && known,
    queryFn: ({ signal }) => rowsApi(pages!, tenant).read(id, signal),
  });
}

/** What a row is called. */
export const nameOf = ({ called }: RowPages, row: Row): string => String(row[called] ?? "");

/** The query of a page of rows: whose they are, which one, and where the list was. */
export function rowsPath(name: string, tenant: string, page: "rows" | "row" | "row/edit" = "rows", more: Record<string, string> = {}): string {
  const query = new URLSearchParams({ ...(tenant && { id: tenant }), of: name, ...more });
  return `${tenant ? "/tenant" : ""}/${page}?${query}`;
}

/** The place of a list that a row was opened from, without what every address of the resource says. */
export function placeOf(parameters: URLSearchParams): string {
  const place = new URLSearchParams(parameters);
  for (const name of ["id", "of", "row", "from"]) place.delete(name);
  return place.toString();
}
