"use client";

import Link from "next/link";
import { useEffect, useState } from "react";
import { spelled, type Shown } from "./frame";
import { Button } from "../ui/button";
import { saveAs } from "../ui/list";
import { Refusal } from "../ui/notices";
import { useWords } from "@/lib/i18n";
import { numberFormat } from "@/lib/formats";
import { isGone } from "@/lib/gone";
import { rows } from "@/lib/messages/rows";
import { nameOf, rowsPath, useRow, useRowPages, type Row, type RowField } from "@/lib/rows";
import { useSend } from "@/lib/use-send";

const DIGITS = 4; // behind the point of an amount

interface ValueProps {
  shown: Shown;
  name: string;
  row: Row;
  /** In a list: in few words. */
  short?: boolean;
}

/** The word of a value of a choice. */
export const choiceOf = ({ choices = [] }: RowField, value: string): string => choices.find(([each]) => each === value)?.[1] ?? spelled(value);

/** What a field of a row holds, as people read it; null for nothing. */
export function useValue({ shown, short = false }: { shown: Shown; short?: boolean }): (name: string, row: Row) => React.ReactNode {
  const { t, language, number, day, moment } = useWords(rows);
  const amount = numberFormat(language, { maximumFractionDigits: DIGITS });
  return (name, row) => {
    const [field, value] = [shown.pages.fields[name], row[name]];
    if (value === null || value === undefined || value === "") return null;
    const text = typeof value === "object" ? JSON.stringify(value) : String(value);
    switch (field?.kind) {
      case "integer":
      case "number":
        return number(Number(value));
      case "amount":
        return amount.format(text as Intl.StringNumericLiteral);
      case "flag":
        return value ? t("yes") : t("no");
      case "day":
        return <span className="whitespace-nowrap">{day(text)}</span>;
      case "moment":
        return <span className="whitespace-nowrap">{moment(text)}</span>;
      case "choice":
        return <bdi>{choiceOf(field, text)}</bdi>;
      case "reference":
        return <Reference shown={shown} of={field.of ?? ""} id={text} />;
      case "file":
        return short ? t("aFile") : <OpenFile shown={shown} row={row} content={field.content ?? null} />;
      case "json":
        return short ? <code className="line-clamp-1 text-15 break-all">{JSON.stringify(value)}</code> : <pre dir="ltr" className="overflow-x-auto text-15 whitespace-pre-wrap">{JSON.stringify(value, null, 2)}</pre>;
      case "email":
        return <a href={`mailto:${text}`}>{text}</a>;
      case "url":
        return (
          <a href={text} rel="noreferrer" dir="ltr" className="break-all">
            {text}
          </a>
        );
      case "id":
        return <code className="text-15 break-all select-all">{text}</code>;
      case "long":
        return short ? (
          <span dir="auto" className="line-clamp-2 max-w-read">
            {text}
          </span>
        ) : (
          <p dir="auto" className="max-w-read whitespace-pre-line">
            {text}
          </p>
        );
      default:
        return <bdi dir="auto">{text}</bdi>;
    }
  };
}

/** What a row refers to, by its name; a link to its page. */
function Reference({ shown, of, id }: { shown: Shown; of: string; id: string }) {
  const { t, language } = useWords(rows);
  const { data: pages } = useRowPages(of);
  const tenant = pages?.tenant ? shown.tenant : "";
  const { data: row, error } = useRow(pages, id, tenant);
  if (isGone(error)) return <span className="text-quiet">{t("gone")}</span>;
  if (!pages || !row) return <span className="text-quiet">…</span>;
  return (
    <Link href={`/${language}${rowsPath(of, tenant, "row", { row: id })}`} prefetch={false}>
      <bdi dir="auto">{nameOf(pages, row) || t("unnamed")}</bdi>
    </Link>
  );
}

/** The content of a file: a picture is shown, all else is kept by the browser. */
function OpenFile({ shown, row, content }: { shown: Shown; row: Row; content: string | null }) {
  const { t } = useWords(rows);
  const [picture, setPicture] = useState("");
  useEffect(() => () => URL.revokeObjectURL(picture), [picture]);
  const { send, busy, trouble } = useSend({
    send: () => shown.api.content(row.id, content ?? ""),
    done: (blob) => (blob.type.startsWith("image/") ? setPicture(URL.createObjectURL(blob)) : saveAs(blob, content ?? "file")),
  });
  if (content === null) return t("aFile");
  if (picture) return <img src={picture} alt={t("aFile")} className="max-h-112 max-w-full rounded" />;
  return (
    <span className="flex flex-col items-start gap-2">
      <Button kind="quiet" busy={busy} onClick={() => void send()}>
        {t("openFile")}
      </Button>
      {trouble && <Refusal trouble={trouble} />}
    </span>
  );
}
