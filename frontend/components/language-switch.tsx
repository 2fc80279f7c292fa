"use client";

import Link from "next/link";
import { usePathname, useSearchParams } from "next/navigation";
import { useWords } from "@/lib/i18n";
import { LANGUAGES } from "@/lib/languages";
import { en } from "@/lib/messages/en";
import { id } from "@/lib/messages/id";

const NAMES = { en: en.language, id: id.language };

/** The same page in the other languages; what one looked for stays. */
export function LanguageSwitch() {
  const { language } = useWords();
  const path = usePathname().replace(/^\/[a-z]+/, "");
  const query = useSearchParams().toString();
  return LANGUAGES.filter((other) => other !== language).map((other) => (
    <Link key={other} href={`/${other}${path}${query && `?${query}`}`} lang={other} hrefLang={other} prefetch={false} title={NAMES[other]} className="py-1">
      {other.toUpperCase()}
      <span className="sr-only"> ({NAMES[other]})</span>
    </Link>
  ));
}
