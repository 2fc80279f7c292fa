"use client";

import Link from "next/link";
import { useValueName } from "./active-filters";
import type { Here } from "./results";
import type { Count, Facets } from "@/lib/client/types.gen";
import { grouped } from "@/lib/courts";
import { useWords } from "@/lib/i18n";
import { courtsight } from "@/lib/messages/courtsight";
import { FACETS, toggled, type Facet } from "@/lib/search-url";

const SHOWN = 8;
const OPEN: readonly Facet[] = ["level", "court", "outcome"];

/** Filters with how many decisions each leaves; courts by level and province. */
export function FacetList({ state, at, facets }: Here & { facets: Facets | undefined }) {
  const { t, number } = useWords(courtsight);
  return FACETS.map((facet) => {
    const values = (facets?.[facet] ?? []).filter((each) => each.value);
    const active = state.filters[facet]?.length ?? 0;
    if (!values.length) return null;
    return (
      <details key={facet} open={active > 0 || OPEN.includes(facet)} className="border-b border-line py-3">
        <summary className="cursor-default text-15 font-semibold">
          {t(`filter_${facet}`)}
          {active > 0 && <span className="font-normal text-quiet"> ({number(active)})</span>}
        </summary>
        {facet === "court" && facets ? (
          <Courts state={state} at={at} facets={facets} />
        ) : (
          <Values facet={facet} values={values} state={state} at={at} />
        )}
      </details>
    );
  });
}

function Courts({ state, at, facets }: Here & { facets: Facets }) {
  const { t, number } = useWords(courtsight);
  const groups = grouped(facets.court);
  if (facets.court.length <= SHOWN) return <Values facet="court" values={facets.court} state={state} at={at} />;
  return groups.map((group) => (
    <details key={String(group.level)} open={groups.length === 1 || isIn(state, group.regions.flatMap((each) => each.courts))} className="py-1">
      <summary className="cursor-default text-15">
        {group.level === "first_instance" || group.level === "appeal" ? t(`courtsOf_${group.level}`) : t("levelNone")}{" "}
        <span className="text-quiet tabular-nums">{number(group.count)}</span>
      </summary>
      <div className="ps-4">
        {group.regions.map(({ region, courts }) =>
          group.regions.length === 1 ? (
            <Values key={region} facet="court" values={courts} state={state} at={at} />
          ) : (
            <details key={region} open={isIn(state, courts)} className="py-1">
              <summary className="cursor-default text-15 text-quiet">{region || t("otherCourts")}</summary>
              <Values facet="court" values={courts} state={state} at={at} />
            </details>
          ),
        )}
      </div>
    </details>
  ));
}

function isIn(state: Here["state"], values: readonly Count[]): boolean {
  return values.some((each) => state.filters.court?.includes(each.value));
}

function Values({ facet, values, state, at }: Here & { facet: Facet; values: readonly Count[] }) {
  const { t } = useWords(courtsight);
  const rows = values.map((each) => <Value key={each.value} facet={facet} each={each} state={state} at={at} />);
  if (rows.length <= SHOWN + 2) return <ul className="mt-1">{rows}</ul>;
  return (
    <>
      <ul className="mt-1">{rows.slice(0, SHOWN)}</ul>
      <details open={values.slice(SHOWN).some((each) => state.filters[facet]?.includes(each.value))}>
        <summary className="cursor-default py-1 text-15 text-press">{t("more")}</summary>
        <ul>{rows.slice(SHOWN)}</ul>
      </details>
    </>
  );
}

function Value({ facet, each, state, at }: Here & { facet: Facet; each: Count }) {
  const { t, number } = useWords(courtsight);
  const nameOf = useValueName();
  const on = state.filters[facet]?.includes(each.value) ?? false;
  return (
    <li>
      <Link
        href={at({ filters: toggled(state.filters, facet, each.value) })}
        prefetch={false}
        scroll={false}
        className={`group flex justify-between gap-3 py-1 text-15 text-ink no-underline ${on ? "font-semibold" : ""}`}
      >
        <span className="flex gap-2">
          <span aria-hidden className={`mt-1 size-4 shrink-0 rounded-xs border text-center text-13/4 ${on ? "border-press bg-press text-on-press" : "border-faint"}`}>
            {on && "✓"}
          </span>
          <span className="group-hover:underline">{nameOf(facet, each.value)}</span>
          {on && <span className="sr-only">({t("chosen")})</span>}
        </span>
        <span className="text-quiet tabular-nums">{number(each.count)}</span>
      </Link>
    </li>
  );
}
