"use client";

import { useState } from "react";
import { TenantPage } from "./tenant-page";
import { Button, ButtonLink } from "../ui/button";
import { Confirm } from "../ui/dialog";
import { Status, type State } from "../ui/facts";
import { List } from "../ui/list";
import { Empty, Refusal } from "../ui/notices";
import { Of } from "../ui/of";
import { data } from "@/lib/api";
import { cancelInvitation, listInvitations, resendInvitation } from "@/lib/client/sdk.gen";
import type { InvitationRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { tenants } from "@/lib/messages/tenants";
import { INVITATIONS, tenantPath } from "@/lib/tenant-sections";
import { tenantKey, type Inside } from "@/lib/tenants";
import { useSend } from "@/lib/use-send";

const STATES = ["pending", "accepted", "declined", "revoked"] as const;
const LOOKS: Record<(typeof STATES)[number] | "expired", State> = { pending: "open", accepted: "good", declined: "off", revoked: "off", expired: "late" };

/** Who was asked to join a team, and what became of it. */
export function Invitations() {
  return <TenantPage section={INVITATIONS}>{(inside) => <All inside={inside} />}</TenantPage>;
}

function All({ inside: { tenant } }: { inside: Inside }) {
  const { t, language, moment } = useWords(tenants);
  const path = { tenant_id: tenant.id };
  const [revoked, setRevoked] = useState("");
  const key = [...tenantKey(tenant.id), "invitations"];
  return (
    <>
      <p role="status" className="pt-4 text-quiet empty:hidden">
        {revoked && t("revokedNow", { email: revoked })}
      </p>
      <List<InvitationRead>
        title={t("invitations")}
        level="h2"
        queryKey={key}
        sort="-created_at"
        searchIn={t("searchEmail")}
        load={(query, signal) => data(listInvitations({ path, query, signal }))}
        rowKey={({ id }) => id}
        filters={[
          { name: "status", label: t("state"), choices: STATES.map((state) => [state, t(`invitation_${state}`)] as const) },
          {
            name: "is_expired",
            label: t("expired"),
            choices: [
              ["true", t("yesExpired")],
              ["false", t("notExpired")],
            ],
          },
        ]}
        csv={{ url: "/api/v1/tenants/{tenant_id}/invitations", path, name: "invitations.csv" }}
        actions={
          <ButtonLink kind="primary" href={`/${language}${tenantPath(tenant.id, "/invite")}`}>
            {t("invite")}
          </ButtonLink>
        }
        empty={<Empty title={t("invitationsNone")}>{t("inviteAbout")}</Empty>}
        columns={[
          { key: "email", title: t("email"), cell: ({ email }) => <bdi className="break-all">{email}</bdi> },
          {
            key: "state",
            title: t("state"),
            cell: ({ status, is_expired }) => {
              const state = is_expired ? "expired" : status;
              return <Status state={LOOKS[state]}>{t(`invitation_${state}`)}</Status>;
            },
          },
          { key: "role", title: t("role"), cell: ({ role }) => t(`role_${role}`) },
          { key: "sent", title: t("sent"), sort: "created_at", cell: ({ created_at }) => moment(created_at) },
          { key: "until", title: t("until"), sort: "expires_at", cell: ({ expires_at }) => moment(expires_at) },
          {
            key: "do",
            title: "",
            cell: (row) =>
              row.status === "pending" && (
                <span className="flex flex-wrap gap-4">
                  <Resend tenant={tenant.id} row={row} />
                  <Confirm
                    look="quiet"
                    label={<Of name={row.email}>{t("revoke")}</Of>}
                    title={t("revokeTitle", { email: row.email })}
                    text={t("revokeText")}
                    action={t("revoke")}
                    send={() => data(cancelInvitation({ path: { ...path, invitation_id: row.id } }))}
                    done={() => setRevoked(row.email)}
                    invalidates={[key, [...tenantKey(tenant.id), "roles"]]}
                  />
                </span>
              ),
          },
        ]}
      />
    </>
  );
}

function Resend({ tenant, row }: { tenant: string; row: InvitationRead }) {
  const { t } = useWords(tenants);
  const { send, busy, sent, trouble } = useSend({
    send: (_: void, key) => data(resendInvitation({ path: { tenant_id: tenant, invitation_id: row.id }, headers: { "Idempotency-Key": key } })),
    invalidates: [[...tenantKey(tenant), "invitations"]],
  });
  return (
    <>
      <Button kind="quiet" busy={busy} onClick={() => void send()}>
        <Of name={row.email}>{t("resend")}</Of>
      </Button>
      <span role="status" className="self-center text-quiet empty:hidden">
        {sent && !busy && t("resent")}
      </span>
      {trouble && <Refusal trouble={trouble} />}
    </>
  );
}
