"use client";

import { useRef } from "react";
import { AccountPage, WithMe } from "./account-page";
import { Button } from "../ui/button";
import { Choice, Field, Form, TextField } from "../ui/form";
import { Refusal } from "../ui/notices";
import { data } from "@/lib/api";
import { deleteOwnPicture, replaceOwnPicture, updateUser } from "@/lib/client/sdk.gen";
import type { UserRead, UserUpdate } from "@/lib/client/types.gen";
import { COUNTRIES } from "@/lib/countries";
import { useWords } from "@/lib/i18n";
import { account } from "@/lib/messages/account";
import { useSend } from "@/lib/use-send";

export function Profile() {
  return (
    <AccountPage title="profile">
      <WithMe>{(me) => <About me={me} />}</WithMe>
    </AccountPage>
  );
}

const GENDERS = ["unknown", "female", "male", "other"] as const;

function About({ me }: { me: UserRead }) {
  const { t, language } = useWords(account);
  const names = new Intl.DisplayNames(language, { type: "region" });
  const countries = COUNTRIES.map((code) => [code, names.of(code) ?? code] as const).sort((a, b) => a[1].localeCompare(b[1], language));
  return (
    <>
      <Picture url={me.profile_picture_url} />
      <Form
        send={({ country, date_of_birth, ...texts }) =>
          data(updateUser({ path: { username: me.id }, body: { ...texts, country: country || null, date_of_birth: date_of_birth || null } as UserUpdate }))
        }
        invalidates={[["me"]]}
      >
        <Field name="username" label={t("username")} defaultValue={me.username} autoComplete="username" autoCapitalize="none" spellCheck={false} dir="ltr" required />
        <Field name="name" label={t("name")} help={t("nameHelp")} defaultValue={me.name} autoComplete="name" required />
        <Field name="first_name" label={t("firstName")} defaultValue={me.first_name} autoComplete="given-name" optional />
        <Field name="last_name" label={t("lastName")} defaultValue={me.last_name} autoComplete="family-name" optional />
        <TextField name="bio" label={t("bio")} defaultValue={me.bio} maxLength={2000} optional />
        <Choice name="country" label={t("country")} choices={[["", t("noCountry")], ...countries]} defaultValue={me.country ?? ""} autoComplete="country" optional />
        <Choice name="gender" label={t("gender")} choices={GENDERS.map((each) => [each, t(`gender_${each}`)] as const)} defaultValue={me.gender} />
        <Field name="date_of_birth" type="date" label={t("born")} defaultValue={me.date_of_birth ?? ""} autoComplete="bday" optional />
      </Form>
    </>
  );
}

function Picture({ url }: { url: string | null }) {
  const { t } = useWords(account);
  const input = useRef<HTMLInputElement>(null);
  const choosing = useSend({ send: (file: File) => data(replaceOwnPicture({ body: { file } })), invalidates: [["me"]] });
  const removing = useSend({ send: () => data(deleteOwnPicture()), invalidates: [["me"]] });
  const trouble = choosing.trouble ?? removing.trouble;
  return (
    <section aria-label={t("picture")} className="mb-10 max-w-form">
      <div className="flex flex-wrap items-center gap-4">
        {url?.startsWith("/") ? (
          <img src={url} alt={t("pictureAlt")} className="size-24 rounded-full object-cover" />
        ) : (
          <div aria-hidden className="size-24 rounded-full bg-raised" />
        )}
        <div className="flex flex-col items-start gap-1">
          <Button busy={choosing.busy} onClick={() => input.current?.click()}>
            {t("pictureChoose")}
          </Button>
          <span className="text-15 text-quiet">{t("pictureHelp")}</span>
          {url && (
            <Button kind="quiet" className="text-15" busy={removing.busy} onClick={() => void removing.send()}>
              {t("pictureRemove")}
            </Button>
          )}
        </div>
      </div>
      {url && !url.startsWith("/") && <p className="mt-2 text-15 break-all text-quiet">{t("pictureElsewhere", { url })}</p>}
      <input
        ref={input}
        type="file"
        accept="image/jpeg,image/png,image/webp,image/gif"
        aria-label={t("pictureChoose")}
        className="sr-only"
        tabIndex={-1}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = "";
          if (file) void choosing.send(file);
        }}
      />
      {trouble && (
        <div className="mt-4">
          <Refusal trouble={trouble} />
        </div>
      )}
    </section>
  );
}
