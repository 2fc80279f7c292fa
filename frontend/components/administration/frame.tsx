"use client";

import dynamic from "next/dynamic";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useEffect, useRef } from "react";
import { Page } from "../shell/page";
import { Private } from "../shell/private";
import { Broken, Skeleton } from "../ui/notices";
import { SECTIONS } from "@/lib/administration-sections";
import { useWords } from "@/lib/i18n";
import { administration, type AdministrationKey } from "@/lib/messages/administration";
import { useRights } from "@/lib/use-session";

const Dashboard = dynamic(() => import("./dashboard").then((all) => all.Dashboard), { ssr: false, loading: () => <Skeleton /> });
export const TABLES = { path: "/admin", permission: "admin.view" };

/** The administration: a rail of the rooms that the person may see, and the page beside it. On phones the rail lies above. */
export function Frame({ children }: { children: React.ReactNode }) {
  return (
    <div className="mx-auto max-w-page tablet:flex">
      <div className="min-h-12 border-line max-tablet:border-b tablet:w-48 tablet:shrink-0">
        <Rail />
      </div>
      <div className="min-w-0 flex-1">{children}</div>
    </div>
  );
}

/** Whether somebody holds a permission that a room of the service asks for; of rooms that do not run nobody does. */
function useHolds() {
  const { data: rights } = useRights();
  return (permission: string): boolean => !!rights?.effective.includes(permission);
}

function middle(element: Element): number {
  const { left, width } = element.getBoundingClientRect();
  return left + width / 2;
}

function Rail() {
  const { t, language } = useWords(administration);
  const may = useHolds();
  const path = usePathname().replace(/\/$/, "");
  const home = `/${language}/administration`;
  const shown = SECTIONS.some(({ permission }) => may(permission));
  const bar = useRef<HTMLElement>(null);
  useEffect(() => {
    const here = bar.current?.querySelector("[aria-current]");
    if (bar.current && here) bar.current.scrollLeft += middle(here) - middle(bar.current); // on phones it may lie outside
  }, [path, shown]);
  const rooms = SECTIONS.filter(({ permission }) => may(permission)).map(({ path, name }) => ({ href: `${home}/${path}`, name }));
  if (!rooms.length) return null;
  const look = (on: boolean) => `block py-3 text-15 whitespace-nowrap no-underline tablet:py-2 ${on ? "font-semibold text-ink" : "text-quiet hover:text-ink"}`;
  return (
    <nav ref={bar} aria-label={t("administration")} className="overflow-x-auto px-4 tablet:sticky tablet:top-16 tablet:py-8 tablet:pe-0">
      <ul className="flex gap-6 tablet:block">
        {[{ href: home, name: "overview" as AdministrationKey }, ...rooms].map(({ href, name }) => {
          const on = href === home ? path === home : path.startsWith(href);
          return (
            <li key={href}>
              <Link href={href} prefetch={false} aria-current={on ? "page" : undefined} className={look(on)}>
                {t(name)}
              </Link>
            </li>
          );
        })}
        {may(TABLES.permission) && (
          <li className="tablet:mt-4 tablet:border-t tablet:border-line tablet:pt-4">
            <a href={TABLES.path} className={look(false)}>
              {t("tables")} <span aria-hidden>↗</span>
            </a>
          </li>
        )}
      </ul>
    </nav>
  );
}

interface AdministrationPageProps {
  title: React.ReactNode;
  back?: { href: string; name: string };
  children: React.ReactNode;
}

/** A page of the administration, for whoever is signed in. What somebody may not see, the service says. */
export function AdministrationPage({ title, back, children }: AdministrationPageProps) {
  return (
    <Page title={title} back={back} signedIn>
      {children}
    </Page>
  );
}

/** A page that is one list, whose title is that of the page. */
export function ListPage({ children }: { children: React.ReactNode }) {
  return (
    <main id="main" className="mx-auto max-w-page px-4 pt-4 pb-16">
      <Private>{children}</Private>
    </main>
  );
}

/** The first page: how the service is used, for those who may see that; for others the rooms that they may see. */
export function Overview() {
  const { t } = useWords(administration);
  return (
    <AdministrationPage title={t("administration")}>
      <First />
    </AdministrationPage>
  );
}

function First() {
  const rights = useRights();
  const may = useHolds();
  if (rights.isError && !rights.data) return <Broken error={rights.error} again={() => void rights.refetch()} />;
  if (!rights.data) return <Skeleton rows={4} />;
  return may("dashboard.view") ? <Dashboard /> : <Rooms />;
}

function Rooms() {
  const { t, language } = useWords(administration);
  const may = useHolds();
  const rooms = SECTIONS.filter(({ permission }) => may(permission));
  const line = "block py-3 text-ink no-underline hover:underline";
  if (!rooms.length && !may(TABLES.permission)) {
    return (
      <section className="max-w-read py-6">
        <h2 className="font-serif text-20">{t("nothingForYou")}</h2>
        <p className="mt-2 text-quiet">{t("nothingForYouAdvice")}</p>
      </section>
    );
  }
  return (
    <ul className="max-w-read">
      {rooms.map(({ path, name, about }) => (
        <li key={path} className="border-b border-line">
          <Link href={`/${language}/administration/${path}`} prefetch={false} className={line}>
            <span className="block font-medium">{t(name)}</span>
            <span className="block text-15 text-quiet">{t(about)}</span>
          </Link>
        </li>
      ))}
      {may(TABLES.permission) && (
        <li className="border-b border-line">
          <a href={TABLES.path} className={line}>
            <span className="block font-medium">{t("tables")}</span>
            <span className="block text-15 text-quiet">{t("tablesAbout")}</span>
          </a>
        </li>
      )}
    </ul>
  );
}

/** The address of a thing of a list, from which one finds back to the same place of it. */
export function withPlace(href: string, id: string, place: string): string {
  return `${href}?${new URLSearchParams({ id, ...(place && { from: place }) })}`;
}
