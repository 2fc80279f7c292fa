"use client";

import { AccountPage } from "./account-page";
import { NoEntries, PeriodFilter, usePeriod } from "../activity/period";
import { List } from "../ui/list";
import { Status } from "../ui/facts";
import { data } from "@/lib/api";
import { listOwnActivity } from "@/lib/client/sdk.gen";
import type { ActivityRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { account } from "@/lib/messages/account";

export function Activity() {
  return (
    <AccountPage title="activity">
      <Entries />
    </AccountPage>
  );
}

function Entries() {
  const { t, moment } = useWords(account);
  const period = usePeriod();
  return (
    <List<ActivityRead>
      title={t("activity")}
      level="h2"
      queryKey={["own-activity", period]}
      sort="-created_at"
      load={(query, signal) => data(listOwnActivity({ query: { ...query, ...period }, signal }))}
      rowKey={({ id }) => id}
      csv={{ url: "/api/v1/activity/me", query: period, name: "activity.csv" }}
      above={<PeriodFilter />}
      empty={<NoEntries />}
      columns={[
        {
          key: "what",
          title: t("what"),
          cell: ({ message, level }) => (
            <Status state={level === "warning" || level === "error" ? "late" : "good"}>
              <bdi dir="auto" className="whitespace-normal">
                {message}
              </bdi>
            </Status>
          ),
        },
        { key: "when", title: t("when"), sort: "created_at", cell: ({ created_at }) => moment(created_at) },
        { key: "from", title: t("from"), cell: ({ device, browser, ip_address }) => <bdi>{[device, browser, ip_address].filter(Boolean).join(" · ")}</bdi> },
      ]}
    />
  );
}
