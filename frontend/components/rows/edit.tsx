"use client";

import { useRouter, useSearchParams } from "next/navigation";
import { Suspense } from "react";
import { Input } from "./fields";
import { RowsFrame, Scene, TenantRowsFrame, useLabel, useWindowTitle, type Shown } from "./frame";
import { useValue } from "./value";
import { ButtonLink } from "../ui/button";
import { Form, type FormValues } from "../ui/form";
import { Loaded } from "../ui/loaded";
import { Broken, Empty, Note } from "../ui/notices";
import { Trouble } from "@/lib/api";
import { useMeanwhile } from "@/lib/changed";
import { useWords } from "@/lib/i18n";
import { rows } from "@/lib/messages/rows";
import { bodyOf, writtenPart } from "@/lib/row-body";
import { nameOf, rowsKey, useRow, type Row } from "@/lib/rows";
import { isId } from "@/lib/tenant-sections";
import { tellThere } from "@/lib/told";
import { useMe, useRights } from "@/lib/use-session";

/** The form of a row: of a new one, or of the one that the address names. */
export function EditRowPage() {
  return <Suspense><RowsFrame signedIn>{(shown) => <Written shown={shown} />}</RowsFrame></Suspense>;
}

/** The same inside a team. */
export function TenantEditRowPage() {
  return <Suspense><TenantRowsFrame>{(shown) => <Written shown={shown} />}</TenantRowsFrame></Suspense>;
}

function Written({ shown }: { shown: Shown }) {
  const { pages, tenant, href } = shown;
  const { t } = useWords(rows);
  const parameters = useSearchParams();
  const asked = parameters.get("row");
  const from = parameters.get("from") ?? "";
  const id = asked && isId(asked) ? asked : "";
  const row = useRow(pages, id, tenant);
  const name = row.data && (nameOf(pages, row.data) || t("unnamed"));
  const title = asked === null ? pages.new : (name ?? pages.title);
  useWindowTitle(title);
  const list = href("rows", Object.fromEntries(new URLSearchParams(from)));
  const back = asked === null ? { href: list, name: pages.title } : { href: href("row", { row: id, ...(from && { from }) }), name: name ?? pages.title };
  return (
    <Scene shown={shown} title={asked === null ? pages.new : <bdi dir="auto">{title}</bdi>} back={back}>
      {asked === null ? (
        <Allowed shown={shown}>
          <New shown={shown} from={from} list={list} />
        </Allowed>
      ) : id ? (
        <Loaded query={row}>
          {(found) => (
            <Allowed shown={shown} row={found}>
              <Change shown={shown} row={found} back={back.href} />
            </Allowed>
          )}
        </Loaded>
      ) : (
        <Broken error={new Trouble(404, {}, null, null)} />
      )}
    </Scene>
  );
}

/** The form, for who may write; known once the rights are. */
function Allowed({ shown, row, children }: { shown: Shown; row?: Row; children: React.ReactNode }) {
  const { t } = useWords(rows);
  const [rights, me] = [useRights(), useMe()];
  if (shown.mayWrite(row)) return children;
  return !rights.data || !me.data ? null : <Empty title={t("notYours")}>{t("forbiddenAdvice")}</Empty>;
}

/** What the form sends; what cannot be sent is said at its field, and nobody is asked. */
function useBody({ pages }: Shown): (values: FormValues, before?: Row, now?: Row) => Record<string, unknown> {
  const { t, timeZone: zone, language } = useWords(rows);
  return (values, before, now) => {
    const { body, faults } = bodyOf(pages, values, { language, zone, before, now });
    if (faults.length === 0) return body;
    const errors = faults.map(({ name, why, values: about }) => ({ field: `body.${name}`, message: t(why, about), code: why }));
    throw new Trouble(422, { error_code: "VALIDATION_ERROR", field_errors: errors }, null, null);
  };
}

function New({ shown, from, list }: { shown: Shown; from: string; list: string }) {
  const { pages, tenant, api, href } = shown;
  const { t } = useWords(rows);
  const router = useRouter();
  const body = useBody(shown);
  return (
    <Form<Row>
      said=""
      label={pages.new}
      send={async (values, key) => api.create(body(values), key)}
      done={(made) => {
        tellThere(t("made_", { name: nameOf(pages, made) || t("unnamed") }));
        router.push(href("row", { row: made.id, ...(from && { from }) }));
      }}
      invalidates={[rowsKey(pages.name, tenant)]}
      beside={<ButtonLink kind="plain" href={list}>{t("cancel")}</ButtonLink>}
    >
      {pages.form.map((name) => (
        <Input key={name} shown={shown} name={name} />
      ))}
    </Form>
  );
}

function Change({ shown, row, back }: { shown: Shown; row: Row; back: string }) {
  const { pages, tenant, api } = shown;
  const { t } = useWords(rows);
  const router = useRouter();
  const body = useBody(shown);
  const part = (one: Row) => writtenPart(pages, one);
  const { first, theirs, change } = useMeanwhile(row, { part, read: () => api.read(row.id), words: t("changedNotSaved") });
  return (
    <Form<Row>
      said=""
      label={t("edit")}
      send={async (values) => {
        const written = body(values, first, theirs ?? row);
        return change((headers) => api.replace(row.id, written, headers));
      }}
      done={() => {
        tellThere(t("saved"));
        router.push(back);
      }}
      invalidates={[rowsKey(pages.name, tenant)]}
      beside={<ButtonLink kind="plain" href={back}>{t("cancel")}</ButtonLink>}
    >
      {theirs && <Meanwhile shown={shown} first={first} now={theirs} />}
      {pages.form.map((name) => (
        <Input key={name} shown={shown} name={name} row={first} />
      ))}
    </Form>
  );
}

/** What somebody else made of it, field by field. */
function Meanwhile({ shown, first, now }: { shown: Shown; first: Row; now: Row }) {
  const { t } = useWords(rows);
  const label = useLabel(shown.pages);
  const value = useValue({ shown });
  const { form, kept } = shown.pages;
  const changed = [...form, ...kept].filter((name) => JSON.stringify(first[name]) !== JSON.stringify(now[name]));
  return (
    <Note kind="late">
      <p>{t("changedMeanwhile")}</p>
      <dl>
        {changed.map((name) => (
          <div key={name} className="py-2">
            <dt className="text-15 text-quiet">{label(name)}</dt>
            <dd>{value(name, now) ?? "–"}</dd>
          </div>
        ))}
      </dl>
      <p className="text-15 text-quiet">{t("changedAdvice")}</p>
    </Note>
  );
}
