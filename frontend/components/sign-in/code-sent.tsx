"use client";

import { Button } from "../ui/button";
import { Note, Refusal, useCountdown } from "../ui/notices";
import { useWords } from "@/lib/i18n";
import { signing } from "@/lib/messages/sign-in";
import { useSend } from "@/lib/use-send";

interface Props {
  text: string;
  /** Seconds until a new code may be sent. */
  wait: number;
  /** What tells one code from the next. */
  since: string;
  again: () => Promise<unknown>;
  change?: () => void;
}

/** Says that a code was sent, and sends another one after a while. */
export function CodeSent({ text, wait, since, again, change }: Props) {
  const { t } = useWords(signing);
  const left = useCountdown(wait, since);
  const { send, busy, trouble } = useSend({ send: again });
  return (
    <Note>
      <p role="status">{text}</p>
      <p className="mt-1 flex flex-wrap gap-x-6 text-15">
        {left > 0 ? (
          <span className="py-2 text-quiet tabular-nums">{t("newCodeIn", { seconds: left })}</span>
        ) : (
          <Button kind="quiet" className="text-15" busy={busy} onClick={() => void send()}>
            {t("newCode")}
          </Button>
        )}
        {change && (
          <Button kind="quiet" className="text-15" onClick={change}>
            {t("changeAddress")}
          </Button>
        )}
      </p>
      {trouble && <Refusal trouble={trouble} />}
    </Note>
  );
}
