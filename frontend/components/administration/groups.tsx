"use client";

import Link from "next/link";
import { useRouter, useSearchParams } from "next/navigation";
import { AdministrationPage, ListPage, withPlace } from "./frame";
import { ButtonLink } from "../ui/button";
import { Field, Form, TextField } from "../ui/form";
import { List } from "../ui/list";
import { Empty } from "../ui/notices";
import { data } from "@/lib/api";
import { createGroup, listGroups } from "@/lib/client/sdk.gen";
import type { GroupRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { people } from "@/lib/messages/people";
import { useMay } from "@/lib/use-session";

export const GROUPS = ["groups"];

export function Groups() {
  return (
    <ListPage>
      <AllGroups />
    </ListPage>
  );
}

function AllGroups() {
  const { t, language, moment } = useWords(people);
  const may = useMay();
  const place = useSearchParams().toString();
  const home = `/${language}/administration/groups`;
  return (
    <List<GroupRead>
      title={t("groups")}
      queryKey={GROUPS}
      sort="name"
      load={(query, signal) => data(listGroups({ query, signal }))}
      rowKey={({ id }) => id}
      searchIn={t("searchGroups")}
      filters={[
        {
          name: "seeded",
          label: t("kind"),
          choices: [
            ["true", t("seeded")],
            ["false", t("own")],
          ],
        },
      ]}
      actions={
        may("groups.create") && (
          <ButtonLink kind="primary" href={`${home}/new`}>
            {t("newGroup")}
          </ButtonLink>
        )
      }
      empty={<Empty title={t("groupsNone")} />}
      csv={{ url: "/api/v1/groups", name: "groups.csv" }}
      columns={[
        {
          key: "name",
          title: t("name"),
          sort: "name",
          cell: ({ id, name }) => (
            <Link href={withPlace(`${home}/group`, id, place)} prefetch={false}>
              <bdi>{name}</bdi>
            </Link>
          ),
        },
        { key: "description", title: t("description"), cell: ({ description }) => <bdi dir="auto">{description || "–"}</bdi> },
        { key: "kind", title: t("kind"), cell: ({ seeded }) => (seeded ? t("seeded") : t("own")) },
        { key: "changed", title: t("changed"), sort: "updated_at", cell: ({ updated_at }) => moment(updated_at) },
      ]}
    />
  );
}

/** What a group is called and for whom it is. */
export function GroupFields({ group }: { group?: { name: string; description: string; seeded?: boolean } }) {
  const { t } = useWords(people);
  return (
    <>
      <Field name="name" label={t("groupName")} help={t("groupNameHelp")} defaultValue={group?.name} maxLength={50} autoComplete="off" autoCapitalize="none" dir="ltr" required autoFocus />
      <TextField name="description" label={t("description")} help={t("descriptionHelp")} defaultValue={group?.description} maxLength={500} rows={3} optional />
    </>
  );
}

export function NewGroup() {
  const { t, language } = useWords(people);
  const router = useRouter();
  const home = `/${language}/administration/groups`;
  return (
    <AdministrationPage title={t("newGroup")} back={{ href: home, name: t("groups") }}>
      <Form
        action={t("makeGroup")}
        said=""
        send={({ name = "", description = "" }, key) =>
          data(createGroup({ body: { name: name.trim(), description: description.trim() }, headers: { "Idempotency-Key": key } }))
        }
        done={({ id }) => router.push(`${home}/group?id=${id}`)}
        invalidates={[GROUPS]}
      >
        <GroupFields />
      </Form>
    </AdministrationPage>
  );
}
