"use client";

import { Dialog } from "@base-ui/react/dialog";
import { useEffect, useId, useRef, useState } from "react";
import { usePaletteOptions, type PaletteOption } from "./palette-options";
import { Button } from "../ui/button";
import { Refusal } from "../ui/notices";
import { useWords } from "@/lib/i18n";
import { palette } from "@/lib/messages/palette";
import { found } from "@/lib/palette";
import { signOut } from "@/lib/session";
import { useSend } from "@/lib/use-send";

interface PaletteProps {
  open: boolean;
  close: () => void;
}

/** Everything that one may go to or do, by typing its name (WAI-ARIA: combobox with a list of groups). */
export function Palette({ open, close }: PaletteProps) {
  const { t } = useWords(palette);
  const input = useRef<HTMLInputElement>(null);
  const left = useRef(false); // for another page: the focus is that page's
  const leaving = useSend({ send: signOut, done: close });
  useEffect(() => {
    if (!open) return;
    left.current = false;
    leaving.reset();
  }, [open]);

  function act(option: PaletteOption) {
    left.current = !!option.leaves;
    if (option.signsOut) return void leaving.send();
    close();
    option.act();
  }

  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && close()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-30 bg-veil" />
        <Dialog.Popup
          initialFocus={input}
          finalFocus={() => !left.current}
          className="fixed inset-x-4 top-4 z-40 mx-auto flex max-h-[calc(100dvh-2rem)] max-w-read flex-col rounded border border-line bg-paper tablet:top-24 tablet:max-h-[calc(100dvh-8rem)]"
        >
          <Dialog.Title className="sr-only">{t("title")}</Dialog.Title>
          <Choices input={input} act={act} />
          {leaving.trouble && (
            <div className="p-4">
              <Refusal trouble={leaving.trouble} />
            </div>
          )}
          <div className="flex items-center justify-between gap-4 border-t border-line px-4 text-13 text-quiet">
            <span className="hidden tablet:inline">{t("keys")}</span>
            <Button kind="quiet" className="ms-auto text-15" onClick={close}>
              {t("close")}
            </Button>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Choices({ input, act }: { input: React.RefObject<HTMLInputElement | null>; act: (option: PaletteOption) => void }) {
  const { t } = useWords(palette);
  const id = useId();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const options = usePaletteOptions(typed.trim());
  const groups = found(options, typed);
  const all = groups.flatMap((group) => group.options);
  const chosen = all[Math.min(at, all.length - 1)];
  const mark = (option: PaletteOption) => `${id}-${option.id}`;
  useEffect(() => {
    if (chosen) document.getElementById(mark(chosen))?.scrollIntoView({ block: "nearest" });
  }, [chosen?.id]);

  function press(event: React.KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 5, PageUp: -5 };
    const step = steps[event.key];
    if (step && all.length) {
      event.preventDefault();
      const now = Math.min(at, all.length - 1);
      // One step goes round; more stop at the ends.
      setAt(Math.abs(step) === 1 ? (now + step + all.length) % all.length : Math.max(0, Math.min(all.length - 1, now + step)));
    } else if (event.key === "Enter" && chosen) {
      event.preventDefault();
      act(chosen);
    }
  }

  return (
    <>
      <input
        ref={input}
        role="combobox"
        aria-autocomplete="list"
        aria-expanded
        aria-controls={id}
        aria-activedescendant={chosen && mark(chosen)}
        aria-label={t("title")}
        placeholder={t("hint")}
        dir="auto"
        autoComplete="off"
        spellCheck={false}
        maxLength={1000}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={press}
        className="w-full rounded-t border-b border-line bg-paper px-4 py-3 text-17 text-ink placeholder:text-quiet"
      />
      <div id={id} role="listbox" aria-label={t("title")} className="min-h-0 flex-1 overflow-y-auto py-2">
        {groups.map(({ name, options }, place) => (
          <div key={name} role="group" aria-labelledby={`${id}-group-${place}`}>
            <div id={`${id}-group-${place}`} role="presentation" className="px-4 pt-2 pb-1 text-13 text-quiet">
              {name}
            </div>
            {options.map((option) => (
              <div
                key={option.id}
                id={mark(option)}
                role="option"
                aria-selected={option === chosen}
                onPointerMove={() => setAt(all.indexOf(option))}
                onPointerDown={(event) => event.preventDefault()} // the field keeps the focus
                onClick={() => act(option)}
                className="flex min-h-11 cursor-default items-center justify-between gap-4 px-4 py-2 text-15 aria-selected:bg-raised"
              >
                <bdi dir="auto" className="min-w-0 break-words">
                  {option.name}
                </bdi>
                {option.note && <span className="shrink-0 text-13 text-quiet">{option.note}</span>}
              </div>
            ))}
          </div>
        ))}
      </div>
      {all.length === 0 && <p className="px-4 pb-4 text-quiet">{t("nothing")}</p>}
      <p role="status" className="sr-only">
        {typed && t("count", { count: all.length })}
      </p>
    </>
  );
}
