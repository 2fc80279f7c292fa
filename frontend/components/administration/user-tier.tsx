"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { TIERS } from "./tiers";
import { Button } from "../ui/button";
import { Choice, Form } from "../ui/form";
import { Broken, Skeleton } from "../ui/notices";
import { data } from "@/lib/api";
import { listTiers, readUserTier, updateUserTier } from "@/lib/client/sdk.gen";
import type { UserRead, UserTier as Read } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { operations } from "@/lib/messages/operations";
import { useMay } from "@/lib/use-session";

/** The tier that counts for somebody, and another one for them. */
export function UserTier({ user }: { user: UserRead }) {
  const { t, language } = useWords(operations);
  const may = useMay();
  const [editing, setEditing] = useState(false);
  const tier = useQuery({ queryKey: ["user-tier", user.id], queryFn: ({ signal }) => data(readUserTier({ path: { username: user.id }, signal })) });
  return (
    <section>
      <h2 className="mb-2 text-20 font-semibold">{t("tier")}</h2>
      {tier.isError && !tier.data ? (
        <Broken error={tier.error} again={() => void tier.refetch()} />
      ) : !tier.data ? (
        <Skeleton rows={1} />
      ) : editing ? (
        <PickTier user={user} present={tier.data} done={() => setEditing(false)} />
      ) : (
        <>
          <p>
            <Link href={`/${language}/administration/tiers/tier?name=${tier.data.tier}`} prefetch={false}>
              <bdi>{tier.data.tier}</bdi>
            </Link>{" "}
            {tier.data.is_default && <span className="text-quiet">({t("tierDefault")})</span>}
          </p>
          {may("tiers.assign") && (
            <Button className="mt-4" onClick={() => setEditing(true)}>
              {t("changeTier")}
            </Button>
          )}
        </>
      )}
    </section>
  );
}

function PickTier({ user, present, done }: { user: UserRead; present: Read; done: () => void }) {
  const { t } = useWords(operations);
  const all = useQuery({ queryKey: [...TIERS, "all"], queryFn: ({ signal }) => data(listTiers({ query: { items_per_page: 100, sort: "name" }, signal })) });
  if (all.isError && !all.data) return <Broken error={all.error} again={() => void all.refetch()} />;
  if (!all.data) return <Skeleton rows={1} />;
  return (
    <Form
      said=""
      send={({ tier }) => data(updateUserTier({ path: { username: user.id }, body: { tier: tier || null } }))}
      done={done}
      invalidates={[["user-tier", user.id]]}
      beside={<Button onClick={done}>{t("cancel")}</Button>}
    >
      <Choice
        name="tier"
        label={t("tier")}
        help={t("tierHelp")}
        choices={[["", t("defaultTier")], ...all.data.data.map(({ name }) => [name, name] as const)]}
        defaultValue={present.is_default ? "" : present.tier}
        autoFocus
      />
    </Form>
  );
}
