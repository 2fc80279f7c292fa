"use client";

import dynamic from "next/dynamic";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { Suspense } from "react";
import { AccountMenu } from "./account-menu";
import { SearchBox } from "../search-box";
import { useWords } from "@/lib/i18n";
import { useBrand, useSite } from "@/lib/site";
import { useSession } from "@/lib/use-session";

const Navigation = dynamic(() => import("./navigation").then((all) => all.Navigation), { ssr: false });
const TenantSwitch = dynamic(() => import("./tenant-switch").then((all) => all.TenantSwitch), { ssr: false });

/** The slim bar above every page: the product, the switch of teams, the search, the account. */
export function TopBar() {
  const { t, language } = useWords();
  const { data: site } = useSite();
  const signedIn = useSession().status === "in";
  const searches = !site || site.applications.some(({ name }) => name === "courtsight");
  const pages = site?.applications.flatMap(({ navigation }) => navigation) ?? [];
  const brand = useBrand();
  const home = `/${language}`;
  const path = usePathname().replace(/\/$/, "");
  const atHome = path === home;
  const width = path === `${home}/search` ? "max-w-desk" : "max-w-page";
  return (
    <header className="sticky top-0 z-10 border-b border-line bg-paper">
      <a href="#main" className="sr-only focus:not-sr-only focus:absolute focus:bg-paper focus:p-2">
        {t("skip")}
      </a>
      <div className={`mx-auto flex ${width} flex-wrap items-center gap-x-6 gap-y-2 px-4 py-2`}>
        <Link href={home} className="font-serif text-20 font-semibold text-ink no-underline">
          {brand}
        </Link>
        {pages.length > 0 && (
          <Suspense>
            <Navigation pages={pages} />
          </Suspense>
        )}
        {signedIn && (
          <Suspense>
            <TenantSwitch />
          </Suspense>
        )}
        {!atHome && searches && (
          <div className="order-last w-full tablet:order-none tablet:w-auto tablet:flex-1">
            <Suspense>
              <SearchBox />
            </Suspense>
          </div>
        )}
        <div className="ms-auto flex items-center gap-4 text-15">
          <Suspense>
            <AccountMenu />
          </Suspense>
        </div>
      </div>
    </header>
  );
}
