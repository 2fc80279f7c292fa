"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { useWords } from "@/lib/i18n";
import { placesOf, type Place } from "@/lib/places";
import { useMay } from "@/lib/use-session";

const MOST = 5;

/** The places one goes to most, on phones. */
export function BottomBarPlaces() {
  const { t, language } = useWords();
  const may = useMay();
  const path = usePathname();
  const places = placesOf(may);
  const all = [{ path: "", name: "search", shape: "⌕" } as Place, ...places].slice(0, MOST);
  return (
    <>
      <div aria-hidden className="h-16 tablet:hidden" />
      <nav aria-label={t("menu")} className="fixed inset-x-0 bottom-0 z-10 border-t border-line bg-paper tablet:hidden">
        <ul className="flex">
          {all.map(({ path: below, begins = below, name, short = name, shape }) => {
            const href = `/${language}${below}`;
            const on = below === "" ? path.replace(/\/$/, "") === href : path.startsWith(`/${language}${begins}`);
            return (
              <li key={below} className="min-w-0 flex-1">
                <Link
                  href={href}
                  prefetch={false}
                  aria-current={on ? "page" : undefined}
                  className={`flex min-h-14 flex-col items-center justify-center text-13 no-underline ${on ? "font-semibold text-press" : "text-ink"}`}
                >
                  <span aria-hidden className="text-20">
                    {shape}
                  </span>
                  <span className="max-w-full truncate px-1">{t(short)}</span>
                </Link>
              </li>
            );
          })}
        </ul>
      </nav>
    </>
  );
}
