"use client";

import Link from "next/link";
import { useRouter, useSearchParams } from "next/navigation";
import { AdministrationPage, ListPage } from "./frame";
import { ButtonLink } from "../ui/button";
import { Field, Form, TextField, type FormValues } from "../ui/form";
import { List } from "../ui/list";
import { Empty } from "../ui/notices";
import { data } from "@/lib/api";
import { createTier, listTiers } from "@/lib/client/sdk.gen";
import type { TierRead } from "@/lib/client/types.gen";
import { numberFormat } from "@/lib/formats";
import { useWords } from "@/lib/i18n";
import { operations } from "@/lib/messages/operations";
import { useMay } from "@/lib/use-session";

export const TIERS = ["tiers"];
const MEGABYTE = 1_000_000; // bytes

/** How much each may ask of the service. */
export function Tiers() {
  return (
    <ListPage>
      <AllTiers />
    </ListPage>
  );
}

/** Bytes as people say them. */
export function useSize() {
  const { language } = useWords();
  return (bytes: number) => {
    const [unit, size] = bytes < 1e9 ? (["megabyte", bytes / 1e6] as const) : (["gigabyte", bytes / 1e9] as const);
    return numberFormat(language, { style: "unit", unit, maximumFractionDigits: 1 }).format(size);
  };
}

function AllTiers() {
  const { t, language, moment } = useWords(operations);
  const size = useSize();
  const may = useMay();
  const place = useSearchParams().toString();
  const home = `/${language}/administration/tiers`;
  return (
    <List<TierRead>
      title={t("tiers")}
      queryKey={TIERS}
      sort="name"
      load={(query, signal) => data(listTiers({ query, signal }))}
      rowKey={({ id }) => id}
      searchIn={t("searchTiers")}
      actions={
        may("tiers.create") && (
          <ButtonLink kind="primary" href={`${home}/new`}>
            {t("newTier")}
          </ButtonLink>
        )
      }
      empty={<Empty title={t("tiersNone")} />}
      csv={{ url: "/api/v1/tiers", name: "tiers.csv" }}
      columns={[
        {
          key: "name",
          title: t("name"),
          sort: "name",
          cell: ({ name }) => (
            <Link href={`${home}/tier?${new URLSearchParams({ name, ...(place && { from: place }) })}`} prefetch={false}>
              <bdi>{name}</bdi>
            </Link>
          ),
        },
        { key: "description", title: t("description"), cell: ({ description }) => <bdi dir="auto">{description || "–"}</bdi> },
        { key: "storage", title: t("storage"), cell: ({ storage_limit }) => (storage_limit === null ? t("storageUsual") : size(storage_limit)) },
        { key: "made", title: t("made"), sort: "created_at", cell: ({ created_at }) => moment(created_at) },
      ]}
    />
  );
}

/** What a tier is called, for whom it is, and how much room its users have. */
export function TierFields({ tier }: { tier?: TierRead }) {
  const { t } = useWords(operations);
  const megabytes = tier?.storage_limit ? tier.storage_limit / MEGABYTE : undefined;
  return (
    <>
      <Field name="name" label={t("tierName")} help={t("tierNameHelp")} defaultValue={tier?.name} maxLength={50} autoComplete="off" autoCapitalize="none" dir="ltr" required autoFocus />
      <TextField name="description" label={t("description")} defaultValue={tier?.description} maxLength={500} rows={3} optional />
      <Field name="storage" label={t("storageField")} help={t("storageHelp")} defaultValue={megabytes} type="number" min={0.000001} step="any" inputMode="decimal" optional />
    </>
  );
}

export const STORAGE_NAMES = { storage_limit: "storage" };

/** The fields of a tier as the API takes them. */
export const tierOf = ({ name = "", description = "", storage = "" }: FormValues) => ({
  name: name.trim(),
  description: description.trim(),
  storage_limit: storage ? Math.round(Number(storage) * MEGABYTE) : null,
});

export function NewTier() {
  const { t, language } = useWords(operations);
  const router = useRouter();
  const home = `/${language}/administration/tiers`;
  return (
    <AdministrationPage title={t("newTier")} back={{ href: home, name: t("tiers") }}>
      <Form
        action={t("makeTier")}
        said=""
        names={STORAGE_NAMES}
        send={(values, key) => data(createTier({ body: tierOf(values), headers: { "Idempotency-Key": key } }))}
        done={({ name }) => router.push(`${home}/tier?name=${name}`)}
        invalidates={[TIERS]}
      >
        <TierFields />
      </Form>
    </AdministrationPage>
  );
}
