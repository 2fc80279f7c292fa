"use client";

import { useState } from "react";
import { AccountPage } from "./account-page";
import { Button } from "../ui/button";
import { Form, PasswordField, UsernameHint } from "../ui/form";
import { data } from "@/lib/api";
import { changePassword, setPassword } from "@/lib/client/sdk.gen";
import { useWords } from "@/lib/i18n";
import { account } from "@/lib/messages/account";
import { useMe } from "@/lib/use-session";

export function Password() {
  const { t } = useWords(account);
  const [none, setNone] = useState(false);
  const username = <UsernameHint value={useMe().data?.username ?? ""} />;
  return (
    <AccountPage title="password">
      {none ? (
        <Form
          action={t("passwordSet")}
          said={t("passwordChanged")}
          empties
          send={({ new_password = "" }) => data(setPassword({ body: { new_password } }))}
          done={() => setNone(false)}
          beside={<Button onClick={() => setNone(false)}>{t("cancel")}</Button>}
        >
          {username}
          <p className="text-quiet">{t("passwordNoneAdvice")}</p>
          <PasswordField name="new_password" label={t("newPassword")} help={t("passwordHelp")} fresh required autoFocus />
        </Form>
      ) : (
        <Form
          action={t("passwordChange")}
          said={t("passwordChanged")}
          empties
          send={({ current_password = "", new_password = "" }) => data(changePassword({ body: { current_password, new_password } }))}
          beside={
            <Button kind="quiet" className="text-15" onClick={() => setNone(true)}>
              {t("passwordNone")}
            </Button>
          }
        >
          {username}
          <PasswordField name="current_password" label={t("presentPassword")} required />
          <PasswordField name="new_password" label={t("newPassword")} help={t("passwordHelp")} fresh required />
        </Form>
      )}
    </AccountPage>
  );
}
