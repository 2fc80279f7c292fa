"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { AccountPage } from "./account-page";
import { failureIn } from "../sign-in/sign-in";
import { Button } from "../ui/button";
import { Confirm, Dialog } from "../ui/dialog";
import { Form, PasswordField } from "../ui/form";
import { Table } from "../ui/list";
import { Broken, Note, Skeleton } from "../ui/notices";
import { Of } from "../ui/of";
import { data } from "@/lib/api";
import { deleteLinkedIdentity, listLinkedIdentities, listProviders, startLinking } from "@/lib/client/sdk.gen";
import type { LinkedIdentityRead, ProviderRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { account } from "@/lib/messages/account";
import { signing, type SigningKey } from "@/lib/messages/sign-in";

const KEY = ["identities"];

export function Identities() {
  return (
    <AccountPage title="identities">
      <Linked />
    </AccountPage>
  );
}

function Linked() {
  const { t, moment } = useWords(account);
  const signs = useWords(signing);
  const [asked, setAsked] = useState<ProviderRead | null>(null);
  const [failure, setFailure] = useState<SigningKey | null>(null);
  const links = useQuery({ queryKey: KEY, queryFn: ({ signal }) => data(listLinkedIdentities({ query: { items_per_page: 100 }, signal })) });
  const providers = useQuery({ queryKey: ["providers"], staleTime: Infinity, queryFn: ({ signal }) => data(listProviders({ signal })) });
  useEffect(() => {
    setFailure(failureIn(location.hash).error);
    if (location.hash) history.replaceState(history.state, "", location.pathname + location.search);
  }, []);
  if (links.isError) return <Broken error={links.error} again={() => void links.refetch()} />;
  if (!links.data) return <Skeleton rows={2} />;
  const linked = new Set(links.data.data.map(({ provider }) => provider));
  const others = (providers.data?.data ?? []).filter(({ name }) => !linked.has(name));
  return (
    <div className="flex flex-col gap-6">
      {failure && (
        <Note kind="late">
          <p role="alert">{signs.t(failure)}</p>
        </Note>
      )}
      {links.data.data.length === 0 ? (
        <p className="text-quiet">{providers.data?.data.length === 0 ? t("noProviders") : t("noIdentities")}</p>
      ) : (
        <Table<LinkedIdentityRead>
          label={t("identities")}
          rows={links.data.data}
          rowKey={({ id }) => id}
          columns={[
            { key: "provider", title: t("identities"), cell: ({ label }) => <bdi>{label}</bdi> },
            { key: "email", title: t("email"), cell: ({ email_at_link }) => <bdi>{email_at_link ?? "–"}</bdi> },
            { key: "linked", title: t("linkedSince"), cell: ({ linked_at }) => moment(linked_at) },
            { key: "used", title: t("lastUsed"), cell: ({ last_used_at }) => moment(last_used_at) },
            {
              key: "remove",
              title: "",
              cell: ({ id, label }) => (
                <Confirm
                  look="quiet"
                  label={<Of name={label}>{t("unlink")}</Of>}
                  title={t("unlinkTitle", { name: label })}
                  text={t("unlinkText")}
                  action={t("unlink")}
                  send={() => data(deleteLinkedIdentity({ path: { identity_id: id } }))}
                  invalidates={[KEY]}
                />
              ),
            },
          ]}
        />
      )}
      <div className="flex flex-wrap gap-4">
        {others.map((provider) => (
          <Button key={provider.name} onClick={() => setAsked(provider)}>
            {t("link", { name: provider.label })}
          </Button>
        ))}
      </div>
      {asked && <Ask provider={asked} close={() => setAsked(null)} />}
    </div>
  );
}

function Ask({ provider, close }: { provider: ProviderRead; close: () => void }) {
  const { t, language } = useWords(account);
  return (
    <Dialog title={t("linkTitle", { name: provider.label })} text={t("linkText", { name: provider.label })} open close={close}>
      <Form
        action={t("linkGo", { name: provider.label })}
        said=""
        send={({ password }) =>
          data(startLinking({ path: { provider: provider.name }, body: { return_to: `/${language}/account/identities`, ...(password && { password }) } }))
        }
        done={({ authorization_url }) => location.assign(authorization_url)}
        beside={<Button onClick={close}>{t("cancel")}</Button>}
      >
        <PasswordField name="password" label={t("presentPassword")} help={t("presentPasswordHelp")} autoFocus />
      </Form>
    </Dialog>
  );
}
