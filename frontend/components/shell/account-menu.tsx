"use client";

import dynamic from "next/dynamic";
import Link from "next/link";
import { usePathname, useSearchParams } from "next/navigation";
import { useState } from "react";
import { MenuTrigger } from "../ui/menu-trigger";
import { useWords } from "@/lib/i18n";
import { useMe, useSession } from "@/lib/use-session";

const load = () => import("./account-menu-popup").then((all) => all.AccountMenuPopup);
const Popup = dynamic(load, { ssr: false, loading: () => <span className="min-h-11 w-16" /> });

/** At the end of the top bar: signing in, and a menu whose parts come when somebody is about to open it. */
export function AccountMenu() {
  const { t, language } = useWords();
  const { status } = useSession();
  const { data: me } = useMe();
  const path = usePathname();
  const query = useSearchParams().toString();
  const [opened, setOpened] = useState(false);
  const here = path + (query && `?${query}`);
  const label = me ? <bdi className="inline-block max-w-32 truncate align-bottom">{me.name || me.username}</bdi> : t("menu");
  return (
    <>
      {status === "out" && !path.includes("/sign-in") && (
        <Link href={`/${language}/sign-in?return=${encodeURIComponent(here)}`} prefetch={false} className="py-2 text-15">
          {t("signIn")}
        </Link>
      )}
      {opened ? (
        <Popup label={label} />
      ) : (
        <MenuTrigger label={label} load={load} open={() => setOpened(true)} />
      )}
    </>
  );
}
