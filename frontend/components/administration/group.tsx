"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter, useSearchParams } from "next/navigation";
import { useState } from "react";
import { AdministrationPage } from "./frame";
import { GROUPS, GroupFields } from "./groups";
import { InWords, RightsPicker } from "./rights";
import { UserState } from "./users";
import { Button } from "../ui/button";
import { Confirm } from "../ui/dialog";
import { Facts } from "../ui/facts";
import { Form, linesOf } from "../ui/form";
import { List } from "../ui/list";
import { Loaded } from "../ui/loaded";
import { Empty, Note } from "../ui/notices";
import { data } from "@/lib/api";
import { useMeanwhile } from "@/lib/changed";
import { deleteGroup, listGroupMembers, readGroup, replaceGroupPermissions, updateGroup } from "@/lib/client/sdk.gen";
import type { GroupDetails, GroupMember } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { people } from "@/lib/messages/people";
import { useMay, useSession } from "@/lib/use-session";

const EVERYTHING = "super_admin"; // holds every permission, whatever is written of it

/** A group: what it holds and who is in it. */
export function Group() {
  const { t, language } = useWords(people);
  const { status } = useSession();
  const parameters = useSearchParams();
  const id = parameters.get("id") ?? "";
  const from = parameters.get("from");
  const group = useQuery({
    queryKey: ["group", id],
    enabled: status === "in" && id !== "",
    queryFn: ({ signal }) => data(readGroup({ path: { group_id: id }, signal })),
  });
  const list = `/${language}/administration/groups${from ? `?${from}` : ""}`;
  return (
    <AdministrationPage title={<bdi>{group.data?.name ?? t("group")}</bdi>} back={{ href: list, name: t("groups") }}>
      {id ? <Loaded query={group}>{(found) => <Whole group={found} list={list} />}</Loaded> : <p className="text-quiet">{t("missing")}</p>}
    </AdministrationPage>
  );
}

function Whole({ group, list }: { group: GroupDetails; list: string }) {
  const { t, moment } = useWords(people);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-x-12 gap-y-8 wide:grid-cols-[minmax(0,1fr)_18rem]">
      <Facts
        label={t("facts")}
        rows={[
          [t("description"), group.description],
          [t("kind"), group.seeded ? `${t("seeded")}. ${t("seededStays")}` : t("own")],
          [t("made"), moment(group.created_at)],
          [t("changed"), moment(group.updated_at)],
        ]}
      />
      <div className="flex min-w-0 flex-col gap-10 wide:order-first">
        {!group.seeded && <Doing group={group} list={list} />}
        <Holds group={group} />
        <Members group={group} />
      </div>
    </div>
  );
}

const described = ({ name, description }: GroupDetails) => `${name}\n${description}`;
const held = ({ permissions }: GroupDetails) => [...permissions].sort().join();

/** A change of a group that shows what somebody else made of it meanwhile. */
function useGroupMeanwhile(group: GroupDetails, part: (group: GroupDetails) => string) {
  const { t } = useWords(people);
  const read = () => data(readGroup({ path: { group_id: group.id } }));
  const { first, theirs, change } = useMeanwhile(group, { part, read, words: t("changedNotSaved") });
  return { first, meanwhile: theirs && <Meanwhile first={first} now={theirs} />, change };
}

function Meanwhile({ first, now }: { first: GroupDetails; now: GroupDetails }) {
  const { t } = useWords(people);
  const others = held(first) !== held(now);
  return (
    <Note kind="late">
      <p>{t("changedMeanwhile")}</p>
      {(!others || described(first) !== described(now)) && (
        <p>
          <bdi className="font-medium">{now.name}</bdi> <bdi dir="auto">{now.description}</bdi>
        </p>
      )}
      {others && (now.permissions.length === 0 ? <p>{t("holdsNothing")}</p> : <InWords codes={now.permissions} />)}
      <p className="text-15 text-quiet">{t("changedAdvice")}</p>
    </Note>
  );
}

function Doing({ group, list }: { group: GroupDetails; list: string }) {
  const { t } = useWords(people);
  const may = useMay();
  const router = useRouter();
  const [editing, setEditing] = useState(false);
  if (editing) return <EditGroup group={group} done={() => setEditing(false)} />;
  return (
    <div className="flex flex-wrap gap-4 empty:hidden">
      {may("groups.edit") && <Button onClick={() => setEditing(true)}>{t("edit")}</Button>}
      {may("groups.delete") && (
        <Confirm
          label={t("deleteGroup")}
          title={t("deleteGroupTitle", { name: group.name })}
          text={t("deleteGroupText")}
          action={t("deleteGroup")}
          send={() => data(deleteGroup({ path: { group_id: group.id } }))}
          done={() => router.push(list)}
          invalidates={[GROUPS]}
        />
      )}
    </div>
  );
}

function EditGroup({ group, done }: { group: GroupDetails; done: () => void }) {
  const { t } = useWords(people);
  const { first, meanwhile, change } = useGroupMeanwhile(group, described);
  return (
    <Form
      said=""
      send={({ name = "", description = "" }) =>
        change((headers) => data(updateGroup({ path: { group_id: group.id }, body: { name: name.trim(), description: description.trim() }, headers })))
      }
      done={done}
      invalidates={[GROUPS, ["group", group.id]]}
      beside={<Button onClick={done}>{t("cancel")}</Button>}
    >
      {meanwhile}
      <GroupFields group={first} />
    </Form>
  );
}

function Holds({ group }: { group: GroupDetails }) {
  const { t } = useWords(people);
  const may = useMay();
  const [editing, setEditing] = useState(false);
  const everything = group.seeded && group.name === EVERYTHING;
  return (
    <section>
      <h2 className="mb-2 text-20 font-semibold">{t("holds")}</h2>
      {editing ? (
        <EditHolds group={group} done={() => setEditing(false)} />
      ) : (
        <>
          {everything ? (
            <p className="text-quiet">{t("holdsAll")}</p>
          ) : group.permissions.length === 0 ? (
            <p className="text-quiet">{t("holdsNothing")}</p>
          ) : (
            <InWords codes={group.permissions} />
          )}
          {may("permissions.grant") && !everything && (
            <Button className="mt-4" onClick={() => setEditing(true)}>
              {t("changeHolds")}
            </Button>
          )}
        </>
      )}
    </section>
  );
}

function EditHolds({ group, done }: { group: GroupDetails; done: () => void }) {
  const { t } = useWords(people);
  const { first, meanwhile, change } = useGroupMeanwhile(group, held);
  return (
    <Form
      said=""
      send={({ permissions }) => change((headers) => data(replaceGroupPermissions({ path: { group_id: group.id }, body: { permissions: linesOf(permissions) }, headers })))}
      done={done}
      invalidates={[GROUPS, ["group", group.id], ["user-rights"]]}
      beside={<Button onClick={done}>{t("cancel")}</Button>}
    >
      {meanwhile}
      <RightsPicker label={t("holds")} help={t("holdsHelp")} chosen={first.permissions} />
    </Form>
  );
}

function Members({ group }: { group: GroupDetails }) {
  const { t, language } = useWords(people);
  const may = useMay();
  return (
    <List<GroupMember>
      title={t("members")}
      level="h2"
      queryKey={["group-members", group.id]}
      sort="username"
      load={(query, signal) => data(listGroupMembers({ path: { group_id: group.id }, query, signal }))}
      rowKey={({ user_id }) => user_id}
      searchIn={t("searchMembers")}
      empty={<Empty title={t("membersNone")}>{t("membersAdvice")}</Empty>}
      csv={{ url: "/api/v1/groups/{group_id}/members", path: { group_id: group.id }, name: `${group.name}.csv` }}
      columns={[
        {
          key: "name",
          title: t("name"),
          sort: "name",
          cell: ({ user_id, name, username }) =>
            may("users.view") ? (
              <Link href={`/${language}/administration/users/user?id=${user_id}`} prefetch={false}>
                <bdi dir="auto">{name || username}</bdi>
              </Link>
            ) : (
              <bdi dir="auto">{name || username}</bdi>
            ),
        },
        { key: "username", title: t("username"), sort: "username", cell: ({ username }) => <bdi>{username}</bdi> },
        { key: "status", title: t("state"), cell: ({ status }) => <UserState status={status} /> },
      ]}
    />
  );
}
