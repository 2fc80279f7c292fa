"use client";

import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { ListPage } from "./frame";
import { Status, type State } from "../ui/facts";
import { List } from "../ui/list";
import { Empty } from "../ui/notices";
import { data } from "@/lib/api";
import { listMessages } from "@/lib/client/sdk.gen";
import type { Channel, MessageRead, MessageStatus } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { operations } from "@/lib/messages/operations";

const STATUSES: readonly MessageStatus[] = ["queued", "sent", "failed", "expired", "outbox"];
const CHANNELS: readonly Channel[] = ["email", "sms", "whatsapp"];
const LOOKS: Record<MessageStatus, State> = { queued: "open", sent: "good", failed: "late", expired: "late", outbox: "off" };
const SEEN = 100; // of the newest messages, whose kinds can be chosen

/** What went out: that it was sent, to whom and how, never what it says. */
export function Messages() {
  return (
    <ListPage>
      <AllMessages />
    </ListPage>
  );
}

function AllMessages() {
  const { t, language, moment } = useWords(operations);
  const asked = useSearchParams().get("template");
  const seen = useQuery({
    queryKey: ["messages", "kinds"],
    queryFn: async ({ signal }) => (await data(listMessages({ query: { items_per_page: SEEN }, signal }))).data.map(({ template }) => template),
  });
  const kinds = [...new Set([...(seen.data ?? []), ...(asked ? [asked] : [])])].sort();
  const languages = new Intl.DisplayNames([language], { type: "language" });
  return (
    <List<MessageRead>
      title={t("messages")}
      queryKey={["messages"]}
      sort="-created_at"
      load={(query, signal) => data(listMessages({ query, signal }))}
      rowKey={({ id }) => id}
      above={<p className="max-w-read pb-4 text-15 text-quiet">{t("messagesText")}</p>}
      searchIn={t("searchMessages")}
      filters={[
        { name: "status", label: t("state"), choices: STATUSES.map((each) => [each, t(`message_${each}`)] as const) },
        { name: "channel", label: t("channel"), choices: CHANNELS.map((each) => [each, t(`channel_${each}`)] as const) },
        { name: "template", label: t("template"), choices: kinds.map((each) => [each, each] as const) },
      ]}
      empty={<Empty title={t("messagesNone")} />}
      csv={{ url: "/api/v1/messages", name: "messages.csv" }}
      columns={[
        {
          key: "recipient",
          title: t("recipient"),
          sort: "recipient",
          cell: ({ recipient, template }) => (
            <>
              <bdi>{recipient || t("noRecipient")}</bdi>
              <span className="block text-13 font-normal text-quiet"><bdi>{template}</bdi></span>
            </>
          ),
        },
        { key: "status", title: t("state"), sort: "status", cell: ({ status }) => <Status state={LOOKS[status]}>{t(`message_${status}`)}</Status> },
        { key: "channel", title: t("channel"), cell: ({ channel, language: spoken }) => `${t(`channel_${channel}`)}, ${languages.of(spoken) ?? spoken}` },
        { key: "written", title: t("written"), sort: "created_at", cell: ({ created_at }) => moment(created_at) },
        { key: "sent", title: t("sentAt"), sort: "sent_at", cell: ({ sent_at }) => (sent_at ? moment(sent_at) : "–") },
      ]}
    />
  );
}
