"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { What } from "./activity";
import { Table } from "../ui/list";
import { Broken, Skeleton } from "../ui/notices";
import { data } from "@/lib/api";
import { listActivity } from "@/lib/client/sdk.gen";
import type { ActivityRead, UserRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { trail } from "@/lib/messages/activity";

const NEWEST = 5;

/** What somebody did last, and the way to all of it and to what was done to them. */
export function UserActivity({ user }: { user: UserRead }) {
  const { t, language, moment } = useWords(trail);
  const home = `/${language}/administration/activity`;
  const entries = useQuery({
    queryKey: ["activity", "of", user.id, language],
    queryFn: ({ signal }) => data(listActivity({ query: { user_id: user.id, items_per_page: NEWEST }, signal })),
  });
  return (
    <section>
      <h2 className="mb-2 text-20 font-semibold">{t("activity")}</h2>
      {entries.isError && !entries.data ? (
        <Broken error={entries.error} again={() => void entries.refetch()} />
      ) : !entries.data ? (
        <Skeleton rows={2} />
      ) : entries.data.data.length === 0 ? (
        <p className="text-quiet">{t("noEntries")}</p>
      ) : (
        <Table<ActivityRead>
          label={t("activity")}
          rows={entries.data.data}
          rowKey={({ id }) => id}
          columns={[
            {
              key: "what",
              title: t("what"),
              cell: (entry) => (
                <Link href={`${home}/entry?id=${entry.id}`} prefetch={false} className="text-ink">
                  <What entry={entry} />
                </Link>
              ),
            },
            { key: "when", title: t("when"), cell: ({ created_at }) => moment(created_at) },
          ]}
        />
      )}
      <p className="mt-4 flex flex-wrap gap-x-6 gap-y-2 text-15">
        <Link href={`${home}?user_id=${user.id}`} prefetch={false}>
          {t("allTheyDid")}
        </Link>
        <Link href={`${home}?subject_id=${user.id}`} prefetch={false}>
          {t("allDoneToThem")}
        </Link>
      </p>
    </section>
  );
}
