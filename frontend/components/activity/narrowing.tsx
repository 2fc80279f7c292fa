"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { Form, type FormValues } from "../ui/form";
import { Chip } from "../ui/list";
import { useWords } from "@/lib/i18n";
import { changedAddress } from "@/lib/list-url";
import { trail } from "@/lib/messages/activity";

/** What an active filter is called, and the changes of the address that remove it. */
export type ActiveFilter = readonly [string, Record<string, string>];

interface NarrowingProps {
  summary: string;
  /** Each can be removed. */
  active: ActiveFilter[];
  /** What the fields show: they are made anew when it changes. */
  shown: object;
  /** The changes of the address that the form asks for. */
  send: (values: FormValues) => Promise<Record<string, string>>;
  /** The fields. */
  children: React.ReactNode;
}

/** Filters of a trail that are no choice from a list. All of their state is in the address. */
export function Narrowing({ summary, active, shown, send, children }: NarrowingProps) {
  const { t } = useWords(trail);
  const path = usePathname();
  const router = useRouter();
  const present = useSearchParams().toString();
  const at = (changes: Record<string, string>) => path + changedAddress(present, changes);
  return (
    <details className="py-3" open={active.length > 0}>
      <summary className="cursor-default text-15 text-press">{summary}</summary>
      {active.length > 0 && (
        <ul aria-label={t("filters")} className="flex flex-wrap gap-2 py-3">
          {active.map(([label, changes]) => (
            <Chip key={label} name={label} href={at(changes)} />
          ))}
        </ul>
      )}
      <div className="py-3">
        <Form key={JSON.stringify(shown)} action={t("show")} look="plain" said="" send={send} done={(changes) => router.push(at(changes))}>
          {children}
        </Form>
      </div>
    </details>
  );
}
