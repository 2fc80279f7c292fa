"use client";

import { Dialog } from "@base-ui/react/dialog";
import { FacetList } from "../facet-list";
import type { Here } from "../results";
import type { Facets } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { courtsight } from "@/lib/messages/courtsight";
import { FACETS, SINGLE } from "@/lib/search-url";

/** On phones: the filters in a sheet over the list, which changes behind it. */
export function FilterSheet({ state, at, facets }: Here & { facets: Facets | undefined }) {
  const { t, number } = useWords(courtsight);
  const active = FACETS.reduce((sum, facet) => sum + (state.filters[facet]?.length ?? 0), 0) + SINGLE.filter((name) => state.singles[name]).length;
  return (
    <Dialog.Root>
      <Dialog.Trigger className="min-h-11 rounded border border-faint px-4 text-15">
        {t("filters")}
        {active > 0 && ` (${number(active)})`}
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-30 bg-veil" />
        <Dialog.Popup className="fixed inset-x-0 bottom-0 z-40 flex max-h-[85vh] flex-col rounded-t-lg bg-paper tablet:inset-y-0 tablet:start-auto tablet:end-0 tablet:max-h-none tablet:w-96 tablet:rounded-none">
          <Dialog.Title className="border-b border-line px-4 py-3 text-17 font-semibold">{t("filters")}</Dialog.Title>
          <div className="flex-1 overflow-y-auto px-4 pb-4">
            <FacetList state={state} at={at} facets={facets} />
          </div>
          <div className="border-t border-line p-4">
            <Dialog.Close className="min-h-11 w-full rounded bg-press font-medium text-on-press">
              {t("showResults", { count: facets?.total_count ?? 0 })}
            </Dialog.Close>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
