"use client";

import { useRouter } from "next/navigation";
import { Page } from "../shell/page";
import { Field, Form, TextField } from "../ui/form";
import { Empty } from "../ui/notices";
import { data } from "@/lib/api";
import { createTenant } from "@/lib/client/sdk.gen";
import { useWords } from "@/lib/i18n";
import { tenants } from "@/lib/messages/tenants";
import { tenantPath } from "@/lib/tenant-sections";
import { TENANTS_KEY } from "@/lib/tenants";
import { useMay, useRights } from "@/lib/use-session";

/** A new team, which whoever makes it owns. */
export function NewTenant() {
  const { t, language } = useWords(tenants);
  return (
    <Page title={t("teamNew")} back={{ href: `/${language}/tenants`, name: t("allTeams") }} signedIn>
      <Making />
    </Page>
  );
}

function Making() {
  const { t, language } = useWords(tenants);
  const router = useRouter();
  const may = useMay();
  const { data: rights } = useRights();
  if (rights && !may("tenants.create")) {
    return (
      <Empty title={t("forbidden")}>
        {t("teamNewNot")} {t("teamsNoneAsk")}
      </Empty>
    );
  }
  return (
    <>
      <p className="mb-6 max-w-read text-quiet">{t("teamNewAbout")}</p>
      <Form
        action={t("teamMake")}
        said=""
        send={({ name = "", description = "" }, key) =>
          data(createTenant({ body: { name: name.trim(), description: description.trim() }, headers: { "Idempotency-Key": key } }))
        }
        done={({ id }) => router.push(`/${language}${tenantPath(id)}`)}
        invalidates={[TENANTS_KEY]}
      >
        <Field name="name" label={t("name")} help={t("nameHelp")} maxLength={100} autoComplete="off" required autoFocus />
        <TextField name="description" label={t("description")} maxLength={2000} optional />
      </Form>
    </>
  );
}
