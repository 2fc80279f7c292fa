"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../ui/button";
import { Facts, Status } from "../ui/facts";
import { Broken, Refusal, Skeleton } from "../ui/notices";
import { data } from "@/lib/api";
import { readActivityChain, verifyActivity } from "@/lib/client/sdk.gen";
import { useWords } from "@/lib/i18n";
import { tenants } from "@/lib/messages/tenants";
import { useSend } from "@/lib/use-send";

const AT_ONCE = 5_000; // links that one call checks

interface Checked {
  checked: number;
  faults: number;
}

/** Where the chain of a team's trail ends, and whether all in it is as it was written: for those who may see the platform's trail. */
export function Chain({ tenant }: { tenant: string }) {
  const { t, number, moment } = useWords(tenants);
  const [found, setFound] = useState<Checked | null>(null);
  const chain = useQuery({ queryKey: ["tenant", tenant, "chain"], queryFn: ({ signal }) => data(readActivityChain({ query: { tenant_id: tenant }, signal })) });
  const checking = useSend({ send: () => check(tenant), done: setFound });
  if (chain.isError) return <Broken error={chain.error} again={() => void chain.refetch()} />;
  if (!chain.data) return <Skeleton rows={3} />;
  const { first_position, last_position, last_hash, last_entry_at, removed_before } = chain.data;
  return (
    <section className="mt-10 max-w-read">
      <h2 className="font-serif text-26 font-semibold">{t("chain")}</h2>
      <p className="mt-2 text-quiet">{t("chainAbout")}</p>
      <Facts
        label={t("chain")}
        className="my-6"
        rows={[
          [t("chainEntries"), number(Math.max(0, last_position - first_position + 1))],
          [t("chainLast"), last_entry_at && moment(last_entry_at)],
          [
            t("chainHash"),
            last_hash && (
              <code key="hash" dir="ltr" className="text-13 break-all select-all">
                {last_hash}
              </code>
            ),
          ],
          [t("chainRemoved"), removed_before && moment(removed_before)],
        ]}
      />
      <div className="flex flex-wrap items-center gap-4">
        <Button busy={checking.busy} onClick={() => void checking.send()}>
          {t("chainCheck")}
        </Button>
        <span role="status">
          {found && !checking.busy && (
            <Status state={found.faults ? "late" : "good"}>
              <span className="whitespace-normal">{found.faults ? t("chainBad", { count: found.faults }) : t("chainGood", { count: found.checked })}</span>
            </Status>
          )}
        </span>
      </div>
      {checking.trouble && <Refusal trouble={checking.trouble} />}
    </section>
  );
}

/** Check a chain, part after part. */
async function check(tenant: string): Promise<Checked> {
  const found = { checked: 0, faults: 0 };
  for (let after = 0; ; ) {
    const part = await data(verifyActivity({ query: { tenant_id: tenant, after, limit: AT_ONCE } }));
    found.checked += part.checked;
    found.faults += part.fault_count;
    if (part.complete || part.last_position <= after) return found;
    after = part.last_position;
  }
}
