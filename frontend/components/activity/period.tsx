"use client";

import { useSearchParams } from "next/navigation";
import { Narrowing, type ActiveFilter } from "./narrowing";
import { Field } from "../ui/form";
import { Empty } from "../ui/notices";
import { beginOf, later, readDay } from "@/lib/days";
import { useWords } from "@/lib/i18n";
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
export function usePeriodChips({ from, to }: Period): ActiveFilter[] {
  const { t, day } = useWords(trail);
  return [from && ([t("fromDay", { day: day(from) }), { from: "" }] as const), to && ([t("untilDay", { day: day(to) }), { to: "" }] as const)].filter((chip) => !!chip);
}

/** Narrow a trail to some days. */
export function PeriodFilter() {
  const { t } = useWords(trail);
  const period = readPeriod(new URLSearchParams(useSearchParams().toString()));
  return (
    <Narrowing summary={t("byTime")} active={usePeriodChips(period)} shown={period} send={({ from = "", to = "" }) => Promise.resolve({ from, to })}>
      <PeriodFields {...period} />
    </Narrowing>
  );
}

/** A trail without entries: in the period that was asked for, or at all. */
export function NoEntries() {
  const { t } = useWords(trail);
  const period = usePeriod();
  return <Empty title={t(period.from || period.to ? "noEntriesHere" : "noEntries")} />;
}
