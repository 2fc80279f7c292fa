"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { Field, Form } from "../ui/form";
import { Chip } from "../ui/list";
import { Empty } from "../ui/notices";
import { beginOf, later, readDay } from "@/lib/days";
import { useWords } from "@/lib/i18n";
import { changedAddress } from "@/lib/list-url";
import { trail } from "@/lib/messages/activity";

/** Days as the address names them, `""` for none. */
export interface Period {
  from: string;
  to: string;
}

export function readPeriod(parameters: URLSearchParams): Period {
  return { from: readDay(parameters.get("from")), to: readDay(parameters.get("to")) };
}

/** A period as the API takes it: from the first moment of the first day to the last of the last, where the person is. */
export function askedPeriod({ from, to }: Period, timeZone?: string): { from?: string; to?: string } {
  return { ...(from && { from: beginOf(from, timeZone) }), ...(to && { to: beginOf(later(to, 1), timeZone) }) };
}

/** The period of the address, as the API takes it. */
export function usePeriod(): { from?: string; to?: string } {
  const { timeZone } = useWords(trail);
  return askedPeriod(readPeriod(new URLSearchParams(useSearchParams().toString())), timeZone);
}

/** The two days, in a form. */
export function PeriodFields({ from, to }: Period) {
  const { t } = useWords(trail);
  return (
    <div className="flex flex-wrap gap-6">
      <Field name="from" type="date" label={t("from")} defaultValue={from} />
      <Field name="to" type="date" label={t("until")} defaultValue={to} />
    </div>
  );
}

/** What a period is called, and the changes of the address that remove its parts. */
export function usePeriodChips({ from, to }: Period): (readonly [string, Record<string, string>])[] {
  const { t, day } = useWords(trail);
  return [from && ([t("fromDay", { day: day(from) }), { from: "" }] as const), to && ([t("untilDay", { day: day(to) }), { to: "" }] as const)].filter((chip) => !!chip);
}

/** What is active of filters that are no choice from a list, each removable. */
export function ActiveChips({ chips }: { chips: (readonly [string, Record<string, string>])[] }) {
  const { t } = useWords(trail);
  const path = usePathname();
  const parameters = useSearchParams().toString();
  if (chips.length === 0) return null;
  return (
    <ul aria-label={t("filters")} className="flex flex-wrap gap-2 py-3">
      {chips.map(([label, changes]) => (
        <Chip key={label} name={label} href={path + changedAddress(parameters, changes)} />
      ))}
    </ul>
  );
}

/** Narrow a trail to some days. */
export function PeriodFilter() {
  const { t } = useWords(trail);
  const path = usePathname();
  const router = useRouter();
  const parameters = useSearchParams().toString();
  const period = readPeriod(new URLSearchParams(parameters));
  const chips = usePeriodChips(period);
  return (
    <details className="py-3" open={chips.length > 0}>
      <summary className="cursor-default text-15 text-press">{t("byTime")}</summary>
      <ActiveChips chips={chips} />
      <div className="py-3">
        <Form
          key={JSON.stringify(period)}
          action={t("show")}
          look="plain"
          said=""
          send={({ from = "", to = "" }) => Promise.resolve({ from, to })}
          done={(changes) => router.push(path + changedAddress(parameters, changes))}
        >
          <PeriodFields {...period} />
        </Form>
      </div>
    </details>
  );
}

/** A trail without entries: in the period that was asked for, or at all. */
export function NoEntries() {
  const { t } = useWords(trail);
  const period = usePeriod();
  return <Empty title={t(period.from || period.to ? "noEntriesHere" : "noEntries")} />;
}
