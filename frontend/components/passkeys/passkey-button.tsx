"use client";

import { Button } from "../ui/button";
import { Refusal } from "../ui/notices";
import type { PasskeyAssertion, PasskeyRequestOptions } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { passkeys } from "@/lib/messages/passkeys";
import { hasPasskeys, refused, usePasskey } from "@/lib/passkeys";
import { useSend } from "@/lib/use-send";

interface Props<T> {
  /** What the browser needs to ask for a passkey of this account. */
  ask: () => Promise<PasskeyRequestOptions>;
  give: (passkey: PasskeyAssertion) => Promise<T>;
  done: (answer: T) => void;
}

/** Proves who one is by a passkey. Browsers without them show nothing. */
export function PasskeyButton<T>({ ask, give, done }: Props<T>) {
  const { t } = useWords(passkeys);
  const { send, busy, trouble } = useSend<void, T>({
    send: async () => {
      const options = await ask();
      return give(
        await usePasskey(options).catch((error: unknown) => {
          throw refused(error, { declined: t("declined"), held: t("declined") });
        }),
      );
    },
    done,
  });
  if (!hasPasskeys()) return null;
  return (
    <div className="flex max-w-form flex-col gap-4">
      {trouble && <Refusal trouble={trouble} />}
      <Button busy={busy} onClick={() => void send()}>
        {t("use")}
      </Button>
    </div>
  );
}
