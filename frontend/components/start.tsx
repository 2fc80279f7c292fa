"use client";

import Link from "next/link";
import { useEffect } from "react";
import { Home } from "./home";
import { useWords } from "@/lib/i18n";
import { start } from "@/lib/messages/start";
import { useBrand, useSite, type Application } from "@/lib/site";

/** The first page: CourtSight's search where CourtSight runs, and the tiles of whatever runs beside it. */
export function Start() {
  const { data: site } = useSite();
  const brand = useBrand();
  useEffect(() => {
    document.title = brand;
  }, [brand]);
  const others = site?.applications.filter(({ name }) => name !== "courtsight") ?? [];
  if (!site || others.length < site.applications.length)
    return (
      <>
        <Home />
        {others.length > 0 && <Tiles applications={others} />}
      </>
    );
  return (
    <main id="main">
      <h1 className="mx-auto max-w-read px-4 pt-16 font-serif text-34 font-semibold tablet:pt-24">{site.name}</h1>
      <Tiles applications={others} />
    </main>
  );
}

function Tiles({ applications }: { applications: Application[] }) {
  const { t, language } = useWords(start);
  return (
    <section aria-label={t("applications")} className="mx-auto max-w-read px-4 pb-16">
      {applications.length === 0 && <p className="text-quiet">{t("noApplications")}</p>}
      <ul>
        {applications.map((application) => (
          <li key={application.name} className="border-b border-line py-4 last:border-b-0">
            <Link href={`/${language}${application.path}`} prefetch={false} className="font-serif text-20 font-semibold">
              {application.title}
            </Link>
            <span className="block text-15 text-quiet">{application.meaning}</span>
            {[...(application.navigation.length > 1 ? application.navigation : []), ...application.examples].map((example) => (
              <Link key={example.path} href={`/${language}${example.path}`} prefetch={false} className="me-4 text-15">
                {example.title}
              </Link>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}
