"use client";

import { useQuery } from "@tanstack/react-query";
import { FieldError, useFieldError } from "../ui/form";
import { data } from "@/lib/api";
import { listPermissions } from "@/lib/client/sdk.gen";
import type { PermissionRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { people } from "@/lib/messages/people";
import { useMay } from "@/lib/use-session";

/** Every permission there is, by its code. Whoever may not see them sees codes without words. */
export function usePermissions() {
  const { language } = useWords();
  const may = useMay();
  return useQuery({
    queryKey: ["permissions", language],
    enabled: may("permissions.view"),
    queryFn: async ({ signal }) => {
      const all: PermissionRead[] = [];
      for (let page = 1, pages = 1; page <= pages; page++) {
        const part = await data(listPermissions({ query: { page, items_per_page: 100 }, signal }));
        all.push(...part.data);
        pages = part.total_pages;
      }
      return all;
    },
  });
}

/** Codes by the room before their dot. */
function byRoom(codes: readonly string[]): [string, string[]][] {
  const rooms = new Map<string, string[]>();
  for (const code of [...codes].sort()) {
    const room = code.split(".")[0] ?? code;
    rooms.set(room, [...(rooms.get(room) ?? []), code]);
  }
  return [...rooms];
}

/** What one may do with these permissions, in sentences. `marked` are told apart by a word. */
export function InWords({ codes, marked = [], mark }: { codes: readonly string[]; marked?: readonly string[]; mark?: string }) {
  const { data: all = [] } = usePermissions();
  const said = new Map(all.map(({ code, description }) => [code, description]));
  return (
    <dl className="max-w-read text-15">
      {byRoom(codes).map(([room, own]) => (
        <div key={room} className="border-b border-line py-2 tablet:flex tablet:gap-4">
          <dt className="shrink-0 text-quiet tablet:w-32">{room}</dt>
          <dd className="min-w-0">
            <ul>
              {own.map((code) => (
                <li key={code} title={code}>
                  <bdi dir="auto">{said.get(code) ?? code}</bdi> {marked.includes(code) && <span className="text-13 text-quiet">({mark})</span>}
                </li>
              ))}
            </ul>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Choose permissions, told in sentences: those that one holds, and those that are chosen already. */
export function RightsPicker({ label, help, chosen }: { label: string; help: string; chosen: readonly string[] }) {
  const { t } = useWords(people);
  const { data: all = [] } = usePermissions();
  const may = useMay();
  const { error, forget } = useFieldError("permissions");
  const said = new Map(all.map(({ code, description }) => [code, description]));
  const offered = new Set([...all.map(({ code }) => code).filter(may), ...chosen]);
  return (
    <fieldset>
      <legend className="mb-1 font-medium">{label}</legend>
      <p className="mb-2 text-15 text-quiet">{help}</p>
      <div className="max-h-112 overflow-y-auto rounded border border-line px-3 py-2" tabIndex={0} role="group" aria-label={label}>
        {byRoom([...offered]).map(([room, codes]) => (
          <section key={room} className="py-2">
            <h4 className="text-13 text-quiet">{room}</h4>
            <ul>
              {codes.map((code) => (
                <li key={code}>
                  <label className="flex min-h-8 items-start gap-3 py-1">
                    <input type="checkbox" name="permissions" value={code} defaultChecked={chosen.includes(code)} onInput={forget} className="mt-0.5 size-5 shrink-0 accent-press" />
                    <span className="text-15">
                      <bdi dir="auto">{said.get(code) ?? code}</bdi>
                    </span>
                  </label>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      <p className="mt-1 text-13 text-quiet">{t("rightsCount", { count: offered.size })}</p>
      <FieldError error={error} />
    </fieldset>
  );
}
