"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Button } from "../ui/button";
import { Status } from "../ui/facts";
import { Broken, Note, Refusal } from "../ui/notices";
import { data } from "@/lib/api";
import { readActivityChain, verifyActivity } from "@/lib/client/sdk.gen";
import type { FaultRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { trail } from "@/lib/messages/activity";
import { useSend } from "@/lib/use-send";

const NEWEST = 1_000; // entries that are checked when the page opens
const PART = 10_000; // entries of one question, of all

interface Checked {
  count: number;
  faults: FaultRead[];
  faultCount: number;
  whole: boolean;
}

/** Check the chain after a position, part by part. */
async function check(tenant: string | undefined, after: number, whole: boolean, limit: number, told: (count: number) => void, signal?: AbortSignal): Promise<Checked> {
  const found: Checked = { count: 0, faults: [], faultCount: 0, whole };
  for (let position = after; ; ) {
    const part = await data(verifyActivity({ query: { tenant_id: tenant, after: position, limit }, signal }));
    found.count += part.checked;
    found.faults.push(...part.faults);
    found.faultCount += part.fault_count;
    told(found.count);
    if (part.complete || part.last_position <= position) return found;
    position = part.last_position;
  }
}

/**
 * Whether a trail is as it was written, that of the platform or of a tenant: its newest entries are checked at once, all of them
 * when asked. Its last hash is shown, to be kept elsewhere.
 */
export function Chain({ tenant }: { tenant?: string }) {
  const { t, moment } = useWords(trail);
  const [count, setCount] = useState(0);
  const [all, setAll] = useState<Checked | null>(null);
  const chain = useQuery({ queryKey: ["activity-chain", tenant], staleTime: 0, queryFn: ({ signal }) => data(readActivityChain({ query: { tenant_id: tenant }, signal })) });
  const end = chain.data?.last_position ?? 0;
  const first = chain.data?.first_position ?? 1;
  const newest = useQuery({
    queryKey: ["activity-chain", tenant, end],
    enabled: end > 0,
    queryFn: ({ signal }) => check(tenant, Math.max(first - 1, end - NEWEST), end - NEWEST < first, NEWEST, () => {}, signal),
  });
  const away = useRef<AbortController>(null);
  useEffect(() => {
    const controller = new AbortController();
    away.current = controller;
    return () => controller.abort();
  }, []);
  const checking = useSend({ send: () => check(tenant, first - 1, true, PART, setCount, away.current?.signal), done: setAll });
  const checked = all ?? newest.data;
  const error = chain.error ?? newest.error;
  return (
    <section aria-label={t("chain")} className="border-y border-line py-3 text-15">
      {error ? (
        <Broken error={error} again={() => void Promise.all([chain.refetch(), newest.refetch()])} />
      ) : chain.data && end === 0 ? (
        <p>{t("chainEmpty")}</p>
      ) : !chain.data || !checked || checking.busy ? (
        <p role="status" className="text-quiet">
          {checking.busy ? t("chainProgress", { count }) : t("chainChecking")}
        </p>
      ) : checked.faultCount ? (
        <Faults checked={checked} />
      ) : (
        <p role="status">
          <Status state="good">
            <span className="font-medium whitespace-normal">{t("chainUnbroken", { last: end, time: chain.data.last_entry_at ? moment(chain.data.last_entry_at) : "–" })}</span>
          </Status>{" "}
          <span className="text-quiet">
            {t(checked.whole ? "chainAll" : "chainSome", { count: checked.count })}
            {chain.data.removed_before && ` ${t("chainRemoved", { time: moment(chain.data.removed_before) })}`}
          </span>
        </p>
      )}
      {checked && !checked.whole && !checking.busy && (
        <Button kind="quiet" onClick={() => void checking.send()}>
          {t("chainCheckAll")}
        </Button>
      )}
      {chain.data?.last_hash && (
        <p className="text-13 text-quiet">
          {t("chainHash")}{" "}
          <code dir="ltr" className="break-all select-all">
            {chain.data.last_hash}
          </code>
        </p>
      )}
      {checking.trouble && <Refusal trouble={checking.trouble} />}
    </section>
  );
}

function Faults({ checked }: { checked: Checked }) {
  const { t, moment, number } = useWords(trail);
  return (
    <Note kind="late">
      <p role="alert" className="font-medium">
        <span aria-hidden>▲ </span>
        {t("chainFaults", { count: checked.faultCount })}
      </p>
      <p className="text-quiet">{t("chainFaultsAdvice")}</p>
      <ul className="mt-2">
        {checked.faults.map((fault) => (
          <li key={`${fault.kind} ${fault.activity_id}`}>
            {fault.position !== null && `${number(fault.position)} · `}
            {moment(fault.created_at)} · {t(`fault_${fault.kind}`)}: <bdi dir="auto">{fault.message}</bdi> <code className="text-13 break-all select-all">{fault.activity_id}</code>
          </li>
        ))}
      </ul>
    </Note>
  );
}
