"use client";

import Link from "next/link";
import { usePathname, useSearchParams } from "next/navigation";
import { isHere } from "@/lib/here";
import { useWords } from "@/lib/i18n";
import type { Application } from "@/lib/site";
import { useMay } from "@/lib/use-session";

/** The pages of applications, in the bar above all pages. On phones the first page and the palette lead to them. */
export function Navigation({ pages }: { pages: Application["navigation"] }) {
  const { t, language } = useWords();
  const may = useMay();
  const path = usePathname();
  const query = useSearchParams();
  const shown = pages.filter(({ permission }) => !permission || may(permission));
  if (!shown.length) return null;
  return (
    <nav aria-label={t("pages")} className="hidden max-w-96 overflow-x-auto tablet:block">
      <ul className="flex gap-4">
        {shown.map((page) => {
          const href = `/${language}${page.path}`;
          return (
            <li key={page.path}>
              <Link href={href} prefetch={false} aria-current={isHere(href, path, query) ? "page" : undefined} className="block py-2 text-15 whitespace-nowrap">
                {page.title}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
