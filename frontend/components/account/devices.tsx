"use client";

import { AccountPage } from "./account-page";
import { Confirm } from "../ui/dialog";
import { Status } from "../ui/facts";
import { List } from "../ui/list";
import { data } from "@/lib/api";
import { deleteOtherSessions, deleteSession, listSessions } from "@/lib/client/sdk.gen";
import type { SessionRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { account } from "@/lib/messages/account";

const KEY = ["sessions"];

export function Devices() {
  return (
    <AccountPage title="devices">
      <Sessions />
    </AccountPage>
  );
}

function Sessions() {
  const { t, moment } = useWords(account);
  const name = ({ device, browser }: SessionRead) => [device, browser].filter(Boolean).join(" · ") || "–";
  return (
    <List<SessionRead>
      title={t("devices")}
      level="h2"
      queryKey={KEY}
      load={(query, signal) => data(listSessions({ query, signal }))}
      rowKey={({ id }) => id}
      columns={[
        {
          key: "device",
          title: t("device"),
          cell: (row) => (
            <>
              <bdi>{name(row)}</bdi> {row.current && <Status state="good">{t("thisDevice")}</Status>}
            </>
          ),
        },
        { key: "place", title: t("place"), cell: ({ place }) => <bdi>{place}</bdi> },
        { key: "used", title: t("lastUsed"), cell: ({ last_used_at }) => moment(last_used_at) },
        { key: "since", title: t("since"), cell: ({ created_at }) => moment(created_at) },
        {
          key: "end",
          title: "",
          cell: (row) =>
            !row.current && (
              <Confirm
                look="quiet"
                label={t("end")}
                title={t("endTitle", { name: name(row) })}
                text={t("endText")}
                action={t("end")}
                send={() => data(deleteSession({ path: { session_id: row.id } }))}
                invalidates={[KEY]}
              />
            ),
        },
      ]}
      actions={
        <Confirm
          label={t("endOthers")}
          title={t("endOthersTitle")}
          text={t("endOthersText")}
          action={t("endOthers")}
          send={() => data(deleteOtherSessions())}
          invalidates={[KEY]}
        />
      }
    />
  );
}
