"use client";

import Link from "next/link";
import { Chip } from "./chip";
import type { Here } from "./results";
import { useWords } from "@/lib/i18n";
import { courtsight, type CourtKey } from "@/lib/messages/courtsight";
import { FACETS, SINGLE, isFiltered, toggled, type Facet } from "@/lib/search-url";

/** The words for a value of a facet. */
export function useValueName() {
  const { t } = useWords(courtsight);
  return (facet: Facet, value: string) => (facet === "level" ? t(`level_${value}` as CourtKey) : value);
}

/** The filters that hold, always in sight; each goes with one tap. */
export function ActiveFilters({ state, at }: Here) {
  const { t } = useWords(courtsight);
  const nameOf = useValueName();
  if (!isFiltered(state)) return null;
  return (
    <ul aria-label={t("activeFilters")} className="flex flex-wrap gap-2 pt-4">
      {FACETS.flatMap((facet) =>
        (state.filters[facet] ?? []).map((value) => (
          <li key={`${facet} ${value}`}>
            <Chip href={at({ filters: toggled(state.filters, facet, value) })} label={t("remove", { name: nameOf(facet, value) })}>
              {nameOf(facet, value)}
            </Chip>
          </li>
        )),
      )}
      {SINGLE.filter((name) => state.singles[name]).map((name) => (
        <li key={name}>
          <Chip
            href={at({ singles: { ...state.singles, [name]: undefined } })}
            label={t("remove", { name: `${t(`filter_${name}`)} ${state.singles[name]}` })}
          >
            {t(`filter_${name}`)} {state.singles[name]}
          </Chip>
        </li>
      ))}
      <li>
        <Link href={at({ filters: {}, singles: {} })} prefetch={false} className="block px-1 py-1 text-15">
          {t("clearFilters")}
        </Link>
      </li>
    </ul>
  );
}
