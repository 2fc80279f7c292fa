"use client";

import Link from "next/link";
import { Page } from "../shell/page";
import { Broken, Skeleton } from "../ui/notices";
import { SECTIONS } from "@/lib/account-sections";
import type { UserRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { account, type AccountKey } from "@/lib/messages/account";
import { useMe } from "@/lib/use-session";

/** The first page of my account: its parts. */
export function Account() {
  const { t, language } = useWords(account);
  return (
    <Page title={t("account")} signedIn>
      <Who />
      <ul className="max-w-read">
        {SECTIONS.map(({ path, name, about }) => (
          <li key={path} className="border-b border-line">
            <Link href={`/${language}/account/${path}`} prefetch={false} className="block py-3 text-ink no-underline hover:underline">
              <span className="block font-medium">{t(name)}</span>
              <span className="block text-15 text-quiet">{t(about)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Page>
  );
}

function Who() {
  const { t } = useWords(account);
  const { data: me } = useMe();
  return (
    <p className="mb-4 flex min-h-16 items-center gap-4">
      {me?.profile_picture_url?.startsWith("/") && <img src={me.profile_picture_url} alt={t("pictureAlt")} className="size-16 rounded-full object-cover" />}
      {me && (
        <span>
          <bdi dir="auto" className="block text-20 font-medium">
            {me.name || me.username}
          </bdi>
          <bdi className="text-15 text-quiet">{me.username}</bdi>
        </span>
      )}
    </p>
  );
}

/** A page of my account: the way back, its title, and what it shows of the account. */
export function AccountPage({ title, children }: { title: AccountKey; children: React.ReactNode }) {
  const { t, language } = useWords(account);
  return (
    <Page title={t(title)} back={{ href: `/${language}/account`, name: t("account") }} signedIn>
      {children}
    </Page>
  );
}

/** What needs the account itself; it is there before anything shows. */
export function WithMe({ children }: { children: (me: UserRead) => React.ReactNode }) {
  const me = useMe();
  if (me.isError && !me.data) return <Broken error={me.error} again={() => void me.refetch()} />;
  return me.data ? children(me.data) : <Skeleton rows={3} />;
}
