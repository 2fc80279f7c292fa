"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Suspense } from "react";
import { SearchBox } from "./search-box";
import { data } from "@/lib/api";
import { readCorpusStatistics } from "@/lib/client/sdk.gen";
import { useWords } from "@/lib/i18n";
import { courtsight } from "@/lib/messages/courtsight";
import { useApplication } from "@/lib/site";
import { byYear } from "@/lib/years";

/** The first page: the search, examples that work, and what is in the corpus. */
export function Home() {
  const { t, language, day } = useWords(courtsight);
  const examples = useApplication("courtsight")?.examples ?? [];
  const corpus = useQuery({ queryKey: ["stats"], queryFn: ({ signal }) => data(readCorpusStatistics({ signal })) });
  const total = corpus.data?.total_statistics;
  const years = byYear(corpus.data?.by_year ?? []);
  const facts = total && total.total_documents > 0 && [
    years.length > 0 && t("years", { from: years[0]!.value, to: years.at(-1)!.value }),
    total.last_updated && t("updated", { day: day(total.last_updated.slice(0, 10)) }),
  ];
  return (
    <main id="main" className="mx-auto max-w-read px-4 pt-16 pb-10 tablet:pt-24">
      <h1 className="font-serif text-34 font-semibold">CourtSight</h1>
      <p className="mt-2 mb-6 min-h-7 text-17 text-quiet">
        {total && t("corpus", { count: total.total_documents })}
        {total && total.total_documents > 0 && total.fictitious_documents === total.total_documents && `. ${t("fictitious")}`}
      </p>
      <Suspense>
        <SearchBox large />
      </Suspense>
      <section className="mt-10 min-h-48">
        {examples.length > 0 && (
          <>
            <h2 className="text-15 font-semibold text-quiet">{t("tryThese")}</h2>
            <ul className="mt-2">
              {examples.map((example) => (
                <li key={example.path} className="border-b border-line py-3 last:border-b-0">
                  <Link href={`/${language}${example.path}`} prefetch={false}>
                    {example.title}
                  </Link>
                  <span className="block text-15 text-quiet">{example.meaning}</span>
                </li>
              ))}
            </ul>
          </>
        )}
      </section>
      <section className="mt-8 min-h-24 text-15">
        {facts && (
          <>
            <h2 className="font-semibold text-quiet">{t("whatIs")}</h2>
            <p className="mt-2">{facts.filter(Boolean).join(". ")}.</p>
            <p className="mt-2 flex flex-wrap gap-6">
              <Link href={`/${language}/search`} prefetch={false} className="py-1">
                {t("browse")}
              </Link>
              <Link href={`/${language}/statistics`} prefetch={false} className="py-1">
                {t("statistics")}
              </Link>
            </p>
          </>
        )}
      </section>
    </main>
  );
}
