"use client";

import { AccountPage } from "./account-page";
import { List } from "../ui/list";
import { Status } from "../ui/facts";
import { Empty } from "../ui/notices";
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
  return (
    <List<ActivityRead>
      title={t("activity")}
      level="h2"
      queryKey={["own-activity"]}
      sort="-created_at"
      load={(query, signal) => data(listOwnActivity({ query, signal }))}
      rowKey={({ id }) => id}
      csv={{ url: "/api/v1/activity/me", name: "activity.csv" }}
      empty={<Empty title={t("activityNone")} />}
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
