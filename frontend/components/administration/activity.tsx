"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { ListPage, withPlace } from "./frame";
import { Chain } from "../activity/chain";
import { Narrowing } from "../activity/narrowing";
import { askedPeriod, PeriodFields, readPeriod, usePeriodChips } from "../activity/period";
import { Choice, Field } from "../ui/form";
import { Status, type State } from "../ui/facts";
import { List } from "../ui/list";
import { Empty } from "../ui/notices";
import { actorOf } from "@/lib/actor";
import { Trouble, data } from "@/lib/api";
import { listActivity, readActivityStatistics, readUser } from "@/lib/client/sdk.gen";
import type { ActivityRead, Level } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { trail } from "@/lib/messages/activity";
import { useMay } from "@/lib/use-session";

const LEVELS: readonly Level[] = ["audit", "info", "warning", "error"];
const LOOKS: Record<Level, State> = { audit: "good", info: "open", debug: "off", warning: "late", error: "late" };
const OWN = ["user_id", "subject_id", "from", "to", "request_id"] as const; // filters beside those of the list

/** What the address says of who, when and which request. */
type Own = Record<(typeof OWN)[number], string>;

function readOwn(parameters: URLSearchParams): Own {
  const read = (name: (typeof OWN)[number]) => parameters.get(name) ?? "";
  return { user_id: read("user_id"), subject_id: read("subject_id"), request_id: read("request_id"), ...readPeriod(parameters) };
}

/** The filters as the API takes them. */
function asked({ from, to, ...others }: Own, timeZone?: string): Record<string, string> {
  const given = Object.fromEntries(Object.entries(others).filter(([, value]) => value));
  return { ...given, ...askedPeriod({ from, to }, timeZone) };
}

export function Activity() {
  return (
    <ListPage>
      <Entries />
    </ListPage>
  );
}

/** What was done, as a word and a shape that says how it went. */
export function What({ entry }: { entry: ActivityRead }) {
  const { t } = useWords(trail);
  return (
    <Status state={LOOKS[entry.level]}>
      <span className="whitespace-normal">
        <span className="sr-only">{t(`level_${entry.level}`)}: </span>
        <bdi dir="auto">{entry.message}</bdi>
      </span>
    </Status>
  );
}

function Entries() {
  const { t, language, moment, timeZone } = useWords(trail);
  const parameters = useSearchParams();
  const own = readOwn(new URLSearchParams(parameters.toString()));
  const query = asked(own, timeZone);
  const statistics = useQuery({ queryKey: ["activity-statistics", timeZone], queryFn: ({ signal }) => data(readActivityStatistics({ query: { timezone: timeZone }, signal })) });
  const known = (counts: Record<string, number> | undefined, name: string) => {
    const present = parameters.get(name);
    return [...new Set([...Object.keys(counts ?? {}), ...(present ? [present] : [])])].sort().map((each) => [each, each] as const);
  };
  return (
    <>
      <List<ActivityRead>
        title={t("activity")}
        queryKey={["activity", query]}
        sort="-created_at"
        load={(listed, signal) => data(listActivity({ query: { ...listed, ...query }, signal }))}
        rowKey={({ id }) => id}
        filters={[
          { name: "level", label: t("kind"), choices: LEVELS.map((each) => [each, t(`level_${each}`)] as const) },
          { name: "module", label: t("room"), choices: known(statistics.data?.by_module, "module") },
          { name: "action", label: t("action"), choices: known(statistics.data?.by_action, "action") },
        ]}
        above={
          <>
            <Chain />
            <WhoAndWhen own={own} />
          </>
        }
        empty={<Empty title={Object.keys(query).length ? t("noEntriesHere") : t("noEntries")} />}
        csv={{ url: "/api/v1/activity", query, name: "activity.csv" }}
        columns={[
          {
            key: "what",
            title: t("what"),
            cell: (entry) => (
              <>
                <Link href={withPlace(`/${language}/administration/activity/entry`, entry.id, parameters.toString())} prefetch={false} className="text-ink">
                  <What entry={entry} />
                </Link>
                <span className="block text-13 font-normal text-quiet"><bdi>{entry.action}</bdi></span>
              </>
            ),
          },
          { key: "who", title: t("who"), cell: (entry) => <Who entry={entry} /> },
          { key: "when", title: t("when"), sort: "created_at", cell: ({ created_at }) => moment(created_at) },
          { key: "from", title: t("address"), cell: ({ ip_address }) => <bdi>{ip_address ?? "–"}</bdi> },
        ]}
      />
    </>
  );
}

/** Who did it, and to whom. */
function Who({ entry }: { entry: ActivityRead }) {
  const { t } = useWords(trail);
  return (
    <>
      <bdi>{actorOf(entry, { service: t("nobody"), stranger: t("stranger") })}</bdi>
      {entry.subject_id && entry.subject_id !== entry.user_id && (
        <span className="block text-13 text-quiet">{t("toWhom", { name: entry.subject_username ?? entry.subject_id })}</span>
      )}
    </>
  );
}

/** Filters that are no choice from a list: a person and a time. What is active of them stands below, each removable. */
function WhoAndWhen({ own }: { own: Own }) {
  const { t } = useWords(trail);
  const may = useMay();
  const doer = usePerson(own.user_id);
  const subject = usePerson(own.subject_id);
  const active = [
    own.user_id && ([t("byWhom", { name: doer }), { user_id: "" }] as const),
    own.subject_id && ([t("toWhom", { name: subject }), { subject_id: "" }] as const),
    ...usePeriodChips(own),
    own.request_id && ([`${t("request")} ${own.request_id}`, { request_id: "" }] as const),
  ].filter((chip) => !!chip);
  return (
    <Narrowing
      summary={t("whoAndWhen")}
      active={active}
      shown={own}
      send={async ({ who = "", role, from = "", to = "" }) => {
        const found = who.trim() && (await personCalled(who.trim(), t("noSuchUser")));
        return { from, to, ...(found && { user_id: role === "did" ? found : "", subject_id: role === "did" ? "" : found }) };
      }}
    >
      {may("users.view") && (
        <>
          <Field name="who" label={t("who")} help={t("whoHelp")} optional autoComplete="off" autoCapitalize="none" />
          <Choice
            name="role"
            label={t("role")}
            choices={[
              ["did", t("did")],
              ["had", t("hadDone")],
            ]}
          />
        </>
      )}
      <PeriodFields {...own} />
    </Narrowing>
  );
}

/** The name of a user, as far as it is known. */
function usePerson(id: string): string {
  const person = useQuery({ queryKey: ["user", id], enabled: id !== "", queryFn: ({ signal }) => data(readUser({ path: { username: id }, signal })) });
  return person.data?.username ?? id;
}

/** The id of who is called so. @throws Trouble that a form shows below its field. */
async function personCalled(username: string, otherwise: string): Promise<string> {
  try {
    return (await data(readUser({ path: { username } }))).id;
  } catch (error) {
    if (!(error instanceof Trouble) || (error.status !== 404 && error.status !== 422)) throw error;
    throw new Trouble(422, { field_errors: [{ field: "who", message: otherwise, code: "unknown" }] }, null, null);
  }
}
