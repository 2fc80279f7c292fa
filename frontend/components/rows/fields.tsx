"use client";

import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useLabel, type Shown } from "./frame";
import { choiceOf } from "./value";
import { Combobox } from "../ui/combobox";
import { Button } from "../ui/button";
import { CONTROL, Check, Choice, Field, FieldShell, TextField, useField } from "../ui/form";
import { data, Trouble } from "@/lib/api";
import { createFile, createTenantFile } from "@/lib/client/sdk.gen";
import { useWords } from "@/lib/i18n";
import { rows } from "@/lib/messages/rows";
import { momentInput, numberInput, soughtIn, uploadOf } from "@/lib/row-body";
import { nameOf, rowsApi, useRow, useRowPages, type Row, type RowField } from "@/lib/rows";

const BLANK = ["", "–"] as const;
const BOUND = 2 ** 31 - 1; // of what the database counts with: nobody needs to read it
const OFFERED = 8; // rows that a reference offers at once

interface InputProps {
  shown: Shown;
  name: string;
  row?: Row;
}

/** The control of a field. */
export function Input({ shown, name, row }: InputProps) {
  const { t, timeZone, language } = useWords(rows);
  const label = useLabel(shown.pages)(name);
  const field = shown.pages.fields[name]!;
  const value = row ? row[name] : field.usual;
  const text = value === null || value === undefined ? "" : String(value);
  const own = { name, label, optional: !field.required && field.kind !== "flag", required: field.required, defaultValue: text };
  const help = useHelp(field);
  switch (field.kind) {
    case "long":
      return <TextField {...own} help={help} rows={8} />;
    case "json":
      return <TextField {...own} defaultValue={value ? JSON.stringify(value, null, 2) : ""} help={t("jsonHelp")} rows={5} dir="ltr" spellCheck={false} />;
    case "integer":
      return <Field {...own} defaultValue={numberInput(value, language)} help={help} inputMode="numeric" dir="ltr" className="tabular-nums" autoComplete="off" />;
    case "number":
    case "amount":
      return <Field {...own} defaultValue={numberInput(value, language)} help={help} inputMode="decimal" dir="ltr" className="tabular-nums" autoComplete="off" />;
    case "flag":
      return field.nullable ? (
        <Choice {...own} choices={[BLANK, ["true", t("yes")], ["false", t("no")]]} />
      ) : (
        <Check name={name} label={label} defaultChecked={value === true} />
      );
    case "day":
      return <Field {...own} type="date" dir="ltr" min="0001-01-02" max="9999-12-30" />;
    case "moment":
      return <Field {...own} defaultValue={text && momentInput(text, timeZone)} help={t("inZone", { zone: timeZone })} type="datetime-local" dir="ltr" />;
    case "choice":
      return <Choice {...own} choices={[...(field.required && text ? [] : [BLANK]), ...(field.choices ?? []).map(([each]) => [each, choiceOf(field, each)] as const)]} />;
    case "reference":
      return <ReferenceInput {...{ shown, name, label, field }} first={text} />;
    case "file":
      return <FileInput {...{ shown, name, label, field }} first={text} />;
    case "email":
      return <Field {...own} help={help} type="email" dir="ltr" autoComplete="off" />;
    case "url":
      return <Field {...own} help={help} type="url" dir="ltr" />;
    case "id":
      return <Field {...own} dir="ltr" spellCheck={false} autoComplete="off" autoCapitalize="none" />;
    default:
      return <Field {...own} help={help} autoComplete="off" />;
  }
}

/** The limits of a field, before anything is sent. */
function useHelp({ shortest = 0, longest, least, most }: RowField): string | undefined {
  const { t } = useWords(rows);
  if (longest !== undefined) return shortest > 1 ? t("characters", { shortest, count: longest }) : t("atMost", { count: longest });
  if (least !== undefined && most !== undefined && Math.abs(most) < BOUND) return t("between", { least, most });
  return undefined;
}

interface ChosenProps {
  shown: Shown;
  name: string;
  label: string;
  field: RowField;
  /** The id that it has. */
  first: string;
}

/** A row of another resource, found by its name. */
function ReferenceInput({ shown, name, label, field, first }: ChosenProps) {
  const { t } = useWords(rows);
  const { id, error, control } = useField({ name, label, help: t("findOne") });
  const { data: pages } = useRowPages(field.of ?? "");
  const tenant = pages?.tenant ? shown.tenant : "";
  const { data: before } = useRow(pages, first, tenant);
  const [chosen, setChosen] = useState(first);
  const [typed, setTyped] = useState<string>();
  const offered = useQuery({
    queryKey: ["rows", field.of, tenant, "offered", typed ?? ""],
    enabled: !!pages,
    queryFn: async ({ signal }) => (await rowsApi(pages!, tenant).list({ page: 1, items_per_page: OFFERED, ...(typed && pages!.searches && { search: typed }) }, signal)).data,
  });
  const written = typed ?? (pages && before ? nameOf(pages, before) : "");
  const { onInput: forget, name: _, ...rest } = control;
  return (
    <FieldShell {...{ id, error, label, name }} help={t("findOne")} optional={!field.required}>
      <input type="hidden" name={name} value={chosen} />
      <Combobox<Row>
        {...rest}
        name={soughtIn(name)}
        dir="auto"
        autoComplete="off"
        required={field.required}
        className={CONTROL}
        value={written}
        onValueChange={(text) => {
          setTyped(text);
          setChosen("");
          forget();
        }}
        items={offered.data ?? []}
        itemKey={(row) => row.id}
        choose={(row) => {
          setChosen(row.id);
          setTyped(pages ? nameOf(pages, row) : "");
          forget();
        }}
        onBlur={() => {
          // A name that was written out is chosen, too.
          const only = offered.data?.filter((row) => pages && nameOf(pages, row) === typed) ?? [];
          if (!chosen && typed && only.length === 1) setChosen(only[0]!.id);
        }}
      >
        {(row) => <bdi dir="auto">{pages && (nameOf(pages, row) || t("unnamed"))}</bdi>}
      </Combobox>
    </FieldShell>
  );
}

/** A file, which is uploaded as soon as it is chosen. */
function FileInput({ shown: { tenant }, name, label, field, first }: ChosenProps) {
  const { t } = useWords(rows);
  const { id, error, control } = useField({ name, label });
  const [chosen, choose] = useState({ file: first, said: first && t("aFile") });
  const [uploading, setUploading] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const last = useRef(0); // upload: those before it come too late
  const { onInput: forget, name: _, ...rest } = control;
  function begin(): number {
    forget();
    setTrouble(undefined);
    return ++last.current;
  }
  async function upload(file: File | undefined) {
    if (!file) return;
    const mine = begin();
    setUploading(true);
    try {
      const stored = await data(tenant ? createTenantFile({ path: { tenant_id: tenant }, body: { file } }) : createFile({ body: { file } }));
      if (mine === last.current) choose({ file: stored.id, said: t("uploaded", { name: file.name }) });
    } catch (fault) {
      if (mine === last.current) setTrouble((fault instanceof Trouble && fault.detail) || t("notSaved"));
    }
    if (mine !== last.current) return;
    setUploading(false);
    forget();
  }
  const said = uploading ? t("uploading") : chosen.said;
  return (
    <FieldShell {...{ id, label, name }} error={trouble ?? error} optional={!field.required}>
      <input type="hidden" name={name} value={chosen.file} />
      <input type="hidden" name={uploadOf(name)} value={uploading ? "on" : ""} />
      <input {...rest} type="file" onChange={(event) => void upload(event.target.files?.[0])} className={CONTROL} />
      <p role="status" className="mt-1 flex flex-wrap items-center gap-4 text-15 text-quiet empty:hidden">
        {said && <bdi>{said}</bdi>}
        {(chosen.file || uploading) && !field.required && (
          <Button
            kind="quiet"
            onClick={() => {
              begin();
              setUploading(false);
              choose({ file: "", said: "" });
            }}
          >
            {t("withoutFile")}
          </Button>
        )}
      </p>
    </FieldShell>
  );
}
