"use client";

import { createContext, useContext, useEffect, useId, useRef, useState } from "react";
import { Button, type Look } from "./button";
import { Refusal } from "./notices";
import { Trouble } from "@/lib/api";
import { useWords } from "@/lib/i18n";
import { forms } from "@/lib/messages/forms";
import { useSend, type Sending } from "@/lib/use-send";

/** What a form says of its fields. */
interface Marks {
  errors: Record<string, string>;
  forget: (name: string) => void;
}

const Context = createContext<Marks>({ errors: {}, forget: () => {} });

/** The error of a field, for those that are made of more than one element. */
export function useFieldError(name: string): { error: string | undefined; forget: () => void } {
  const { errors, forget } = useContext(Context);
  return { error: errors[name], forget: () => forget(name) };
}

/** What is written in a form, by the names of its fields; several of one name stand in lines. */
export type FormValues = Record<string, string>;

/** The values of fields of one name. */
export const linesOf = (value = ""): string[] => value.split("\n").filter(Boolean);

function valuesOf(form: HTMLFormElement): FormValues {
  const values: FormValues = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string") values[name] = name in values ? `${values[name]}\n${value}` : value;
  }
  return values;
}

interface FormProps<T> extends Sending<FormValues, T> {
  /** What the button says; else "Save". */
  action?: string;
  look?: Look;
  /** Fields whose errors the service names otherwise: `{ "filters.name": "name" }`. */
  names?: Record<string, string>;
  /** Said after it worked; `""` says nothing, where the page moves on. Else "Saved." */
  said?: string;
  /** Empty the fields after it worked. */
  empties?: boolean;
  /** Beside the button. */
  beside?: React.ReactNode;
  label?: string;
  children: React.ReactNode;
}

/**
 * A form: one column of fields and one button. What the service says of a field goes under it, and the first is focused; all
 * else stands above the button. What was written stays until it is saved.
 */
export function Form<T>({ action, look = "primary", names = {}, said, empties = false, beside, label, children, ...sending }: FormProps<T>) {
  const { t } = useWords(forms);
  const form = useRef<HTMLFormElement>(null);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [dirty, setDirty] = useState(false);
  const [saved, setSaved] = useState(false);
  const { send, busy, trouble } = useSend(sending);
  const fields = trouble instanceof Trouble ? trouble.fields : null;
  useLeaveWarning(dirty);

  const lead = useRef(false);
  useEffect(() => {
    const own = Object.entries(fields ?? {}).map(([name, text]) => [names[name] ?? name, text] as const);
    lead.current = own.length > 0;
    setErrors(Object.fromEntries(own));
  }, [trouble]);
  useEffect(() => {
    if (lead.current) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
    lead.current = false;
  }, [errors]);

  async function submit(event: React.FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const element = event.currentTarget;
    setSaved(false);
    setErrors({});
    if (!(await send(valuesOf(element)))) return;
    setDirty(false);
    setSaved(true);
    if (empties) element.reset();
  }

  const known = form.current ? Object.keys(errors).filter((name) => form.current?.elements.namedItem(name)) : [];
  const elsewhere = fields && Object.keys(fields).length > known.length;
  return (
    <Context
      value={{
        errors,
        forget: (name) => setErrors(({ [name]: _, ...others }) => others),
      }}
    >
      <form
        ref={form}
        noValidate
        aria-label={label}
        className="flex max-w-form flex-col gap-6"
        onSubmit={(event) => void submit(event)}
        onInput={() => {
          setDirty(true);
          setSaved(false);
        }}
      >
        {children}
        {trouble && (!fields || !Object.keys(fields).length || elsewhere) && <Refusal trouble={trouble} />}
        <div className="flex flex-wrap items-center gap-4">
          <Button type="submit" kind={look} busy={busy}>
            {action ?? t("save")}
          </Button>
          {beside}
          <span role="status" className="text-15 text-quiet">
            {saved && !busy && (said ?? t("saved"))}
          </span>
        </div>
      </form>
    </Context>
  );
}

/** Have the browser ask before it leaves a page where something is written and not saved. */
export function useLeaveWarning(dirty: boolean): void {
  useEffect(() => {
    if (!dirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [dirty]);
}

/** What is wrong with a field, under it. */
export function FieldError({ id, error }: { id?: string; error: string | undefined }) {
  if (!error) return null;
  return (
    <p id={id} className="mt-1 text-15 text-late">
      <span aria-hidden>▲ </span>
      {error}
    </p>
  );
}

interface FieldLook {
  name: string;
  label: string;
  /** Below the label: what to write. */
  help?: React.ReactNode;
  optional?: boolean;
}

/** What a control of a field needs: its ids, its error, and what forgets that. */
export function useField({ name, help }: FieldLook) {
  const id = useId();
  const { error, forget } = useFieldError(name);
  const described = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(" ");
  return {
    id,
    error,
    control: { id, name, "aria-describedby": described || undefined, "aria-invalid": error ? true : undefined, onInput: forget },
  };
}

/** How controls look. */
export const CONTROL = "w-full rounded border border-faint bg-paper px-3 py-2 text-17 text-ink aria-invalid:border-late disabled:opacity-60";

/** A label above a control, help below it, the error under that. */
export function FieldShell({ id, error, label, help, optional, children }: FieldLook & { id: string; error?: string; children: React.ReactNode }) {
  const { t } = useWords(forms);
  return (
    <div>
      <label htmlFor={id} className="mb-1 block font-medium">
        {label} {optional && <span className="font-normal text-quiet">({t("optional")})</span>}
      </label>
      {help && (
        <p id={`${id}-help`} className="mb-1 text-15 text-quiet">
          {help}
        </p>
      )}
      {children}
      <FieldError id={`${id}-error`} error={error} />
    </div>
  );
}

type Own<E extends "input" | "textarea" | "select"> = FieldLook & Omit<React.ComponentProps<E>, "name" | "id" | "onInput">;

/** A line of text. */
export function Field({ label, help, optional, className = "", ...rest }: Own<"input">) {
  const { id, error, control } = useField({ name: rest.name, label, help });
  return (
    <FieldShell {...{ id, error, label, help, optional, name: rest.name }}>
      <input type="text" dir="auto" {...rest} {...control} className={`${CONTROL} ${className}`} />
    </FieldShell>
  );
}

/** A password, which can be shown. `fresh` asks for one that is new, so that browsers offer one. */
export function PasswordField({ label, help, optional, fresh = false, ...rest }: Own<"input"> & { fresh?: boolean }) {
  const { t } = useWords(forms);
  const [shown, setShown] = useState(false);
  const { id, error, control } = useField({ name: rest.name, label, help });
  return (
    <FieldShell {...{ id, error, label, help, optional, name: rest.name }}>
      <div className="relative">
        <input
          autoComplete={fresh ? "new-password" : "current-password"}
          autoCapitalize="none"
          spellCheck={false}
          {...rest}
          {...control}
          type={shown ? "text" : "password"}
          className={`${CONTROL} pe-24`}
        />
        <button
          type="button"
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
          className="absolute inset-y-0 end-0 px-3 text-15 text-press underline"
        >
          {shown ? t("hide") : t("show")}
          <span className="sr-only"> ({label})</span>
        </button>
      </div>
    </FieldShell>
  );
}

/** Whose password a form is about, for password managers; nobody sees it. */
export function UsernameHint({ value }: { value: string }) {
  return <input type="text" autoComplete="username" value={value} readOnly hidden />;
}

/** A one-time code: one field, which browsers fill from messages and people paste into. */
export function CodeField({ label, help, digits = true, ...rest }: Own<"input"> & { digits?: boolean }) {
  const { id, error, control } = useField({ name: rest.name, label, help });
  return (
    <FieldShell {...{ id, error, label, help, name: rest.name }}>
      <input
        autoComplete="one-time-code"
        autoCapitalize="none"
        spellCheck={false}
        inputMode={digits ? "numeric" : "text"}
        dir="ltr"
        {...rest}
        {...control}
        className={`${CONTROL} max-w-60 text-20 tabular-nums tracking-widest`}
      />
    </FieldShell>
  );
}

/** A text of some lines. */
export function TextField({ label, help, optional, ...rest }: Own<"textarea">) {
  const { id, error, control } = useField({ name: rest.name, label, help });
  return (
    <FieldShell {...{ id, error, label, help, optional, name: rest.name }}>
      <textarea rows={4} dir="auto" {...rest} {...control} className={CONTROL} />
    </FieldShell>
  );
}

/** One of a few choices. `choices` are values with their names. */
export function Choice({ label, help, optional, choices, ...rest }: Own<"select"> & { choices: readonly (readonly [string, string])[] }) {
  const { id, error, control } = useField({ name: rest.name, label, help });
  return (
    <FieldShell {...{ id, error, label, help, optional, name: rest.name }}>
      <select {...rest} {...control} className={CONTROL}>
        {choices.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </FieldShell>
  );
}

/** Yes or no. Its value is "on", or it is not there. */
export function Check({ label, help, ...rest }: Own<"input">) {
  const { id, error, control } = useField({ name: rest.name, label, help });
  return (
    <div>
      <div className="flex items-start gap-3">
        <input type="checkbox" {...rest} {...control} className="mt-1 size-5 shrink-0 accent-press" />
        <label htmlFor={id}>
          {label}
          {help && (
            <span id={`${id}-help`} className="block text-15 text-quiet">
              {help}
            </span>
          )}
        </label>
      </div>
      <FieldError id={`${id}-error`} error={error} />
    </div>
  );
}
