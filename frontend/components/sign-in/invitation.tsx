"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Button } from "../ui/button";
import { Confirm } from "../ui/dialog";
import { Field, Form } from "../ui/form";
import { Broken, Note, Refusal, Skeleton } from "../ui/notices";
import { data } from "@/lib/api";
import { acceptInvitation, declineInvitation, readInvitation } from "@/lib/client/sdk.gen";
import { useWords } from "@/lib/i18n";
import { signing } from "@/lib/messages/sign-in";
import { useSend } from "@/lib/use-send";

/** An invitation to a tenant. Its token stands behind the `#` of the address, which no server is told, or is written here. */
export function Invitation() {
  const { t } = useWords(signing);
  const [token, setToken] = useState("");
  useEffect(() => setToken(new URLSearchParams(location.hash.slice(1)).get("token") ?? ""), []);
  if (!token) {
    return (
      <Form
        action={t("invitationOpen")}
        said=""
        send={async ({ token: written = "" }) => written.trim()}
        done={(written) => {
          history.replaceState(history.state, "", `#token=${encodeURIComponent(written)}`);
          setToken(written);
        }}
      >
        <Field name="token" label={t("invitationToken")} help={t("invitationTokenHelp")} autoCapitalize="none" autoComplete="off" spellCheck={false} dir="ltr" required autoFocus />
      </Form>
    );
  }
  return <Answer token={token} />;
}

function Answer({ token }: { token: string }) {
  const { t, moment } = useWords(signing);
  const path = { token };
  const [answered, setAnswered] = useState<string | null>(null);
  const found = useQuery({ queryKey: ["invitation", token], enabled: !answered, queryFn: ({ signal }) => data(readInvitation({ path, signal })) });
  const joining = useSend({
    send: (_: void, key) => data(acceptInvitation({ path, headers: { "Idempotency-Key": key } })),
    done: (tenant) => setAnswered(t("joined", { tenant: tenant.name })),
    invalidates: [["tenants"]],
  });
  if (answered) {
    return (
      <Note>
        <p role="status">{answered}</p>
      </Note>
    );
  }
  if (found.isError) return <Broken error={found.error} again={() => void found.refetch()} />;
  if (!found.data) return <Skeleton rows={2} />;
  const { tenant, description, role, expires_at } = found.data;
  return (
    <div className="max-w-form">
      <p className="text-20">{t("invitationText", { tenant, role: t(`role_${role}`) })}</p>
      {description && (
        <p className="mt-2 text-quiet">
          <bdi dir="auto">{description}</bdi>
        </p>
      )}
      <p className="mt-2 text-15 text-quiet">{t("invitationUntil", { time: moment(expires_at) })}</p>
      {joining.trouble && (
        <div className="mt-4">
          <Refusal trouble={joining.trouble} />
        </div>
      )}
      <div className="mt-6 flex flex-wrap gap-4">
        <Button kind="primary" busy={joining.busy} onClick={() => void joining.send()}>
          {t("accept")}
        </Button>
        <Confirm
          look="plain"
          label={t("decline")}
          title={t("declineTitle", { tenant })}
          text={t("declineText")}
          action={t("decline")}
          send={() => data(declineInvitation({ path }))}
          done={() => setAnswered(t("declined"))}
        />
      </div>
    </div>
  );
}
