"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { InWords, RightsPicker } from "./rights";
import { Button } from "../ui/button";
import { Form, linesOf } from "../ui/form";
import { Broken, Skeleton } from "../ui/notices";
import { data } from "@/lib/api";
import { listGroups, listUserGroups, readUserPermissions, replaceUserGroups, replaceUserPermissions } from "@/lib/client/sdk.gen";
import type { UserRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { people } from "@/lib/messages/people";
import { useMay } from "@/lib/use-session";

/** What changes with the groups and grants of somebody. */
const rightsOf = (id: string) => [["user-groups", id], ["user-rights", id], ["user", id], ["group-members"]];

export function UserGroups({ user }: { user: UserRead }) {
  const { t, language } = useWords(people);
  const may = useMay();
  const [editing, setEditing] = useState(false);
  const groups = useQuery({ queryKey: ["user-groups", user.id], queryFn: ({ signal }) => data(listUserGroups({ path: { username: user.id }, signal })) });
  return (
    <section>
      <h2 className="mb-2 text-20 font-semibold">{t("groups")}</h2>
      {groups.isError && !groups.data ? (
        <Broken error={groups.error} again={() => void groups.refetch()} />
      ) : !groups.data ? (
        <Skeleton rows={1} />
      ) : editing ? (
        <PickGroups user={user} chosen={groups.data.groups.map(({ id }) => id)} done={() => setEditing(false)} />
      ) : (
        <>
          {groups.data.groups.length === 0 && <p className="text-quiet">{t("noGroups")}</p>}
          <ul>
            {groups.data.groups.map(({ id, name, description }) => (
              <li key={id} className="border-b border-line py-2">
                <Link href={`/${language}/administration/groups/group?id=${id}`} prefetch={false}>
                  <bdi>{name}</bdi>
                </Link>{" "}
                <bdi dir="auto" className="text-15 text-quiet">
                  {description}
                </bdi>
              </li>
            ))}
          </ul>
          {may("groups.assign") && (
            <Button className="mt-4" onClick={() => setEditing(true)}>
              {t("changeGroups")}
            </Button>
          )}
        </>
      )}
    </section>
  );
}

function PickGroups({ user, chosen, done }: { user: UserRead; chosen: readonly string[]; done: () => void }) {
  const { t } = useWords(people);
  const all = useQuery({ queryKey: ["groups", "all"], queryFn: ({ signal }) => data(listGroups({ query: { items_per_page: 100, sort: "name" }, signal })) });
  if (all.isError && !all.data) return <Broken error={all.error} again={() => void all.refetch()} />;
  if (!all.data) return <Skeleton rows={3} />;
  const shown = new Set(all.data.data.map(({ id }) => id));
  return (
    <Form
      said=""
      send={({ group_ids }) =>
        data(
          replaceUserGroups({
            path: { username: user.id },
            body: { group_ids: [...linesOf(group_ids), ...chosen.filter((id) => !shown.has(id))] },
          }),
        )
      }
      done={done}
      invalidates={rightsOf(user.id)}
      beside={<Button onClick={done}>{t("cancel")}</Button>}
    >
      <fieldset>
        <legend className="sr-only">{t("groups")}</legend>
        <p className="mb-2 text-15 text-quiet">{t("groupsHelp")}</p>
        <ul>
          {all.data.data.map(({ id, name, description }) => (
            <li key={id} className="border-b border-line">
              <label className="flex min-h-11 items-start gap-3 py-2">
                <input type="checkbox" name="group_ids" value={id} defaultChecked={chosen.includes(id)} className="mt-0.5 size-5 shrink-0 accent-press" />
                <span>
                  <bdi>{name}</bdi>{" "}
                  <span className="block text-15 text-quiet">
                    <bdi dir="auto">{description}</bdi>
                  </span>
                </span>
              </label>
            </li>
          ))}
        </ul>
      </fieldset>
    </Form>
  );
}

export function UserRights({ user }: { user: UserRead }) {
  const { t } = useWords(people);
  const may = useMay();
  const [editing, setEditing] = useState(false);
  const rights = useQuery({ queryKey: ["user-rights", user.id], queryFn: ({ signal }) => data(readUserPermissions({ path: { username: user.id }, signal })) });
  return (
    <section>
      <h2 className="mb-2 text-20 font-semibold">{t("rights")}</h2>
      {rights.isError && !rights.data ? (
        <Broken error={rights.error} again={() => void rights.refetch()} />
      ) : !rights.data ? (
        <Skeleton rows={2} />
      ) : editing ? (
        <Form
          said=""
          send={({ permissions }) => data(replaceUserPermissions({ path: { username: user.id }, body: { permissions: linesOf(permissions) } }))}
          done={() => setEditing(false)}
          invalidates={rightsOf(user.id)}
          beside={<Button onClick={() => setEditing(false)}>{t("cancel")}</Button>}
        >
          <RightsPicker label={t("direct")} help={t("directHelp")} chosen={rights.data.direct} />
        </Form>
      ) : (
        <>
          {rights.data.is_superuser ? (
            <p className="text-quiet">{t("rightsAll")}</p>
          ) : rights.data.effective.length === 0 ? (
            <p className="text-quiet">{t("rightsNone")}</p>
          ) : (
            <InWords codes={rights.data.effective} marked={rights.data.direct} mark={t("direct")} />
          )}
          {may("permissions.grant") && (
            <Button className="mt-4" onClick={() => setEditing(true)}>
              {t("changeDirect")}
            </Button>
          )}
        </>
      )}
    </section>
  );
}
