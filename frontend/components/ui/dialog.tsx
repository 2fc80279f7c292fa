"use client";

import { AlertDialog } from "@base-ui/react/alert-dialog";
import { Dialog as Base } from "@base-ui/react/dialog";
import { useState } from "react";
import { Button, type Look } from "./button";
import { Refusal } from "./notices";
import { useWords } from "@/lib/i18n";
import { useSend, type Sending } from "@/lib/use-send";

const BACKDROP = "fixed inset-0 z-30 bg-veil";
const POPUP =
  "fixed inset-x-4 top-4 z-40 mx-auto max-h-[calc(100dvh-2rem)] max-w-form overflow-y-auto rounded border border-line bg-paper p-6 tablet:top-24 tablet:max-h-[calc(100dvh-8rem)]";
const TITLE = "font-serif text-26 font-semibold";

interface DialogProps {
  title: React.ReactNode;
  text?: React.ReactNode;
  open: boolean;
  close: () => void;
  children?: React.ReactNode;
}

/** A question that stands before the page: small, closed by Escape; focus goes back to where it was. */
export function Dialog({ title, text, open, close, children }: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && close()}>
      <Base.Portal>
        <Base.Backdrop className={BACKDROP} />
        <Base.Popup className={POPUP}>
          <Base.Title className={TITLE}>{title}</Base.Title>
          {text && <Base.Description className="mt-2 text-quiet">{text}</Base.Description>}
          <div className="mt-6">{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

interface ConfirmProps<T> extends Sending<void, T> {
  /** The button that asks. */
  label: React.ReactNode;
  look?: Look;
  /** The question, with the name of what it is about. */
  title: React.ReactNode;
  /** What is lost by it, and what stays. */
  text?: React.ReactNode;
  /** The button that does it: a verb, not "yes". */
  action: string;
  className?: string;
}

/** A button that asks once before it does what cannot be undone. What the service refuses, the question says. */
export function Confirm<T>({ label, look = "danger", title, text, action, className, ...sending }: ConfirmProps<T>) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const { send, busy, trouble, reset } = useSend({
    ...sending,
    // Closed before what is behind it changes, so that the focus finds its way back.
    done: async (answer, values) => {
      setOpen(false);
      await sending.done?.(answer, values);
    },
  });
  return (
    <AlertDialog.Root
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        reset();
      }}
    >
      <AlertDialog.Trigger render={<Button kind={look} className={className} />}>{label}</AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={BACKDROP} />
        <AlertDialog.Popup className={POPUP}>
          <AlertDialog.Title className={TITLE}>{title}</AlertDialog.Title>
          {text && <AlertDialog.Description className="mt-2 text-quiet">{text}</AlertDialog.Description>}
          {trouble && (
            <div className="mt-4">
              <Refusal trouble={trouble} />
            </div>
          )}
          <div className="mt-6 flex flex-wrap gap-4">
            <Button kind="danger" busy={busy} onClick={() => void send()}>
              {action}
            </Button>
            <AlertDialog.Close render={<Button />}>{t("cancel")}</AlertDialog.Close>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
