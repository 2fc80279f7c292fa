"use client";

import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { ListPage, withPlace } from "./frame";
import { ButtonLink } from "../ui/button";
import { Status, type State } from "../ui/facts";
import { List } from "../ui/list";
import { Empty } from "../ui/notices";
import { data } from "@/lib/api";
import { listUsers } from "@/lib/client/sdk.gen";
import type { AuthType, UserRead, UserStatus } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { people } from "@/lib/messages/people";
import { useMay } from "@/lib/use-session";

export const USERS = ["users"];
const STATUSES: readonly UserStatus[] = ["active", "inactive", "suspended", "deleted"];
const WAYS: readonly AuthType[] = ["email", "phone", "username", "google", "github", "apple", "oidc", "anonymous"];
const LOOKS: Record<UserStatus, State> = { active: "good", inactive: "open", suspended: "late", deleted: "off" };

export function Users() {
  return (
    <ListPage>
      <AllUsers />
    </ListPage>
  );
}

/** The state of an account, as a word and a shape. */
export function UserState({ status }: { status: string }) {
  const { t } = useWords(people);
  return <Status state={LOOKS[status as UserStatus] ?? "off"}>{t(`status_${status as UserStatus}`)}</Status>;
}

function AllUsers() {
  const { t, language, moment } = useWords(people);
  const may = useMay();
  const place = useSearchParams().toString();
  const home = `/${language}/administration/users`;
  return (
    <List<UserRead>
      title={t("users")}
      queryKey={USERS}
      sort="-created_at"
      load={(query, signal) => data(listUsers({ query, signal }))}
      rowKey={({ id }) => id}
      searchIn={t("searchUsers")}
      filters={[
        { name: "status", label: t("state"), choices: STATUSES.map((each) => [each, t(`status_${each}`)] as const) },
        { name: "auth_type", label: t("signedUpWith"), choices: WAYS.map((each) => [each, t(`auth_${each}`)] as const) },
        { name: "is_superuser", label: t("kind"), choices: [["true", t("administrator")]] },
      ]}
      actions={
        may("users.create") && (
          <ButtonLink kind="primary" href={`${home}/invite`}>
            {t("invite")}
          </ButtonLink>
        )
      }
      empty={<Empty title={t("usersNone")} />}
      csv={{ url: "/api/v1/users", name: "users.csv" }}
      columns={[
        {
          key: "name",
          title: t("name"),
          sort: "name",
          cell: ({ id, name, username, deleted_at }) => (
            <>
              {deleted_at ? (
                <bdi dir="auto">{name || username}</bdi>
              ) : (
                <Link href={withPlace(`${home}/user`, id, place)} prefetch={false}>
                  <bdi dir="auto">{name || username}</bdi>
                </Link>
              )}
              <span className="block text-13 font-normal text-quiet"><bdi>{username}</bdi></span>
            </>
          ),
        },
        { key: "email", title: t("email"), cell: ({ email, phone }) => <bdi>{email ?? phone ?? "–"}</bdi> },
        {
          key: "status",
          title: t("state"),
          sort: "status",
          cell: ({ status, is_superuser }) => (
            <>
              <UserState status={status} /> {is_superuser && <span className="block text-13 text-quiet">{t("administrator")}</span>}
            </>
          ),
        },
        { key: "seen", title: t("lastSignIn"), sort: "last_sign_in_at", cell: ({ last_sign_in_at }) => (last_sign_in_at ? moment(last_sign_in_at) : t("never")) },
        { key: "made", title: t("made"), sort: "created_at", cell: ({ created_at }) => moment(created_at) },
      ]}
    />
  );
}
