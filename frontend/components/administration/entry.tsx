"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { What } from "./activity";
import { AdministrationPage } from "./frame";
import { Facts } from "../ui/facts";
import { Loaded } from "../ui/loaded";
import { actorOf } from "@/lib/actor";
import { data } from "@/lib/api";
import { readActivity } from "@/lib/client/sdk.gen";
import type { ActivityRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { trail } from "@/lib/messages/activity";
import { useMay, useSession } from "@/lib/use-session";

/** An entry of the trail, with all that was kept of it. */
export function Entry() {
  const { t, language } = useWords(trail);
  const { status } = useSession();
  const parameters = useSearchParams();
  const id = parameters.get("id") ?? "";
  const from = parameters.get("from");
  const entry = useQuery({
    queryKey: ["activity-entry", id, language],
    enabled: status === "in" && id !== "",
    queryFn: ({ signal }) => data(readActivity({ path: { activity_id: id }, signal })),
  });
  return (
    <AdministrationPage title={t("entry")} back={{ href: `/${language}/administration/activity${from ? `?${from}` : ""}`, name: t("activity") }}>
      {id ? <Loaded query={entry}>{(found) => <Whole entry={found} />}</Loaded> : <p className="text-quiet">{t("missing")}</p>}
    </AdministrationPage>
  );
}

function Whole({ entry }: { entry: ActivityRead }) {
  const { t, language, moment, number } = useWords(trail);
  const may = useMay();
  const home = `/${language}/administration`;
  const person = (id: string | null, username: string | null) =>
    id &&
    (may("users.view") && username ? (
      <Link href={`${home}/users/user?id=${id}`} prefetch={false}>
        <bdi>{username}</bdi>
      </Link>
    ) : (
      (username ?? id)
    ));
  return (
    <>
      <p className="text-20">
        <What entry={entry} />
      </p>
      <div className="mt-6 grid gap-x-12 wide:grid-cols-2">
        <Facts
          label={t("entry")}
          rows={[
            [t("when"), moment(entry.created_at)],
            [t("who"), person(entry.user_id, entry.username) ?? actorOf(entry, { service: t("nobody"), stranger: t("stranger") })],
            [t("subject"), person(entry.subject_id, entry.subject_username)],
            [t("action"), entry.action],
            [t("room"), entry.module],
            [t("kind"), t(`level_${entry.level}`)],
            [t("address"), entry.ip_address],
            [t("device"), [entry.device, entry.browser, entry.os].filter(Boolean).join(" · ")],
          ]}
        />
        <Facts
          label={t("request")}
          rows={[
            [t("endpoint"), entry.endpoint && `${entry.method ?? ""} ${entry.endpoint}`],
            [t("answer"), entry.status_code === null ? null : String(entry.status_code)],
            [t("took"), entry.duration_ms === null ? null : t("milliseconds", { count: Math.round(entry.duration_ms) })],
            [
              t("request"),
              entry.request_id && (
                <>
                  <code className="break-all">{entry.request_id}</code>{" "}
                  <Link href={`${home}/activity?request_id=${entry.request_id}`} prefetch={false} className="block">
                    {t("moreOfRequest")}
                  </Link>
                </>
              ),
            ],
            [t("position"), entry.position && number(entry.position)],
            [t("hash"), entry.hash && <code className="text-13 break-all">{entry.hash}</code>],
            [t("previousHash"), entry.previous_hash && <code className="text-13 break-all">{entry.previous_hash}</code>],
          ]}
        />
      </div>
      <Written title={t("details")} what={entry.metadata} />
      <Written title={t("fault")} what={entry.error_details} />
    </>
  );
}

function Written({ title, what }: { title: string; what: Record<string, unknown> | null }) {
  if (!what || !Object.keys(what).length) return null;
  return (
    <section className="mt-8 max-w-read">
      <h2 className="mb-2 text-20 font-semibold">{title}</h2>
      <pre dir="ltr" tabIndex={0} className="overflow-x-auto rounded border border-line p-4 text-13">
        {JSON.stringify(what, null, 2)}
      </pre>
    </section>
  );
}
