"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter, useSearchParams } from "next/navigation";
import { useState } from "react";
import { AdministrationPage } from "./frame";
import { UserActivity } from "./user-activity";
import { UserGroups, UserRights } from "./user-rights";
import { UserTier } from "./user-tier";
import { USERS, UserState } from "./users";
import { Button } from "../ui/button";
import { Confirm } from "../ui/dialog";
import { Facts } from "../ui/facts";
import { Field, Form } from "../ui/form";
import { Loaded } from "../ui/loaded";
import { Note } from "../ui/notices";
import { data } from "@/lib/api";
import { deleteUser, readUser, updateUser } from "@/lib/client/sdk.gen";
import type { UserRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { people } from "@/lib/messages/people";
import { useMay, useSession } from "@/lib/use-session";

/** A user: who they are, what they may do, and what administrators do with their account. */
export function User() {
  const { t, language } = useWords(people);
  const { status } = useSession();
  const parameters = useSearchParams();
  const id = parameters.get("id") ?? "";
  const from = parameters.get("from");
  const user = useQuery({
    queryKey: ["user", id],
    enabled: status === "in" && id !== "",
    queryFn: ({ signal }) => data(readUser({ path: { username: id }, signal })),
  });
  const list = `/${language}/administration/users${from ? `?${from}` : ""}`;
  return (
    <AdministrationPage title={user.data ? <bdi dir="auto">{user.data.name || user.data.username}</bdi> : t("user")} back={{ href: list, name: t("users") }}>
      {id ? <Loaded query={user}>{(found) => <Whole user={found} list={list} />}</Loaded> : <p className="text-quiet">{t("missing")}</p>}
    </AdministrationPage>
  );
}

function Whole({ user, list }: { user: UserRead; list: string }) {
  const { t } = useWords(people);
  const may = useMay();
  const { user: own } = useSession();
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-x-12 gap-y-8 wide:grid-cols-[minmax(0,1fr)_18rem]">
      <WhoItIs user={user} />
      <div className="flex min-w-0 flex-col gap-10 wide:order-first">
        {user.id === own ? <OwnAccount /> : <Doing user={user} list={list} />}
        {may("groups.view") && <UserGroups user={user} />}
        {may("permissions.view") && <UserRights user={user} />}
        {may("tiers.view") && <UserTier user={user} />}
        {may("activity.view") && <UserActivity user={user} />}
      </div>
    </div>
  );
}

function WhoItIs({ user }: { user: UserRead }) {
  const { t, language, moment } = useWords(people);
  const country = user.country && new Intl.DisplayNames([language], { type: "region" }).of(user.country);
  const spoken = new Intl.DisplayNames([language], { type: "language" }).of(user.language);
  const contact = (address: string, proved: boolean) => (
    <>
      <bdi>{address}</bdi> {!proved && <span className="text-quiet">({t("unproved")})</span>}
    </>
  );
  return (
    <Facts
      label={t("facts")}
      rows={[
        [t("state"), <UserState key="state" status={user.status} />],
        [t("kind"), user.is_superuser ? `${t("administrator")}: ${t("administratorText")}` : null],
        [t("username"), user.username],
        [t("email"), user.email && contact(user.email, user.is_email_verified)],
        [t("phone"), user.phone && contact(user.phone, user.is_phone_verified)],
        [t("lastSignIn"), user.last_sign_in_at ? moment(user.last_sign_in_at) : t("never")],
        [t("signedUpWith"), t(`auth_${user.auth_type}`)],
        [t("made"), moment(user.created_at)],
        [t("changed"), moment(user.updated_at)],
        [t("country"), country],
        [t("language"), spoken],
        [t("timezone"), user.timezone],
      ]}
    />
  );
}

function OwnAccount() {
  const { t, language } = useWords(people);
  return (
    <Note>
      {t("ownAccount")} <Link href={`/${language}/account`}>{t("account")}</Link>
    </Note>
  );
}

/** What one may do with the account of somebody else. */
function Doing({ user, list }: { user: UserRead; list: string }) {
  const { t } = useWords(people);
  const may = useMay();
  const router = useRouter();
  const [editing, setEditing] = useState(false);
  const [told, setTold] = useState<UserRead["status"] | null>(null);
  const name = user.name || user.username;
  const active = user.status === "active";
  const changes = [USERS, ["user", user.id]];
  if (!may("users.edit") && !may("users.delete")) return null;
  if (editing) return <EditUser user={user} done={() => setEditing(false)} />;
  return (
    <div className="flex flex-wrap gap-4">
      {may("users.edit") && (
        <>
          <Button onClick={() => setEditing(true)}>{t("edit")}</Button>
          <Confirm
            look={active ? "danger" : "plain"}
            label={active ? t("suspend") : t("activate")}
            title={active ? t("suspendTitle", { name }) : t("activateTitle", { name })}
            text={active ? t("suspendText") : t("activateText")}
            action={active ? t("suspend") : t("activate")}
            send={() => data(updateUser({ path: { username: user.id }, body: { status: active ? "suspended" : "active" } }))}
            done={({ status }) => setTold(status)}
            invalidates={changes}
          />
        </>
      )}
      {may("users.delete") && (
        <Confirm
          label={t("deleteUser")}
          title={t("deleteUserTitle", { name })}
          text={t("deleteUserText")}
          action={t("deleteUser")}
          send={() => data(deleteUser({ path: { username: user.id } }))}
          done={() => router.push(list)}
          invalidates={[USERS]}
        />
      )}
      <span role="status" className="self-center text-15 text-quiet empty:hidden">
        {told && t(`status_${told}`)}
      </span>
    </div>
  );
}

function EditUser({ user, done }: { user: UserRead; done: () => void }) {
  const { t } = useWords(people);
  return (
    <Form
      said=""
      send={({ name = "", username = "" }) => data(updateUser({ path: { username: user.id }, body: { name: name.trim(), username: username.trim() } }))}
      done={done}
      invalidates={[USERS, ["user", user.id]]}
      beside={<Button onClick={done}>{t("cancel")}</Button>}
    >
      <Field name="name" label={t("name")} defaultValue={user.name} maxLength={100} autoComplete="off" required autoFocus />
      <Field name="username" label={t("username")} defaultValue={user.username} maxLength={50} autoComplete="off" dir="ltr" required />
    </Form>
  );
}
