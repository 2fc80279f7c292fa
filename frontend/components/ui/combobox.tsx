"use client";

import { useEffect, useId, useState } from "react";

interface ComboboxProps<T> extends Omit<React.ComponentProps<"input">, "children" | "onChange" | "value"> {
  value: string;
  onValueChange: (value: string) => void;
  /** What is offered for what was written. */
  items: readonly T[];
  itemKey: (item: T) => string;
  choose: (item: T) => void;
  children: (item: T) => React.ReactNode;
  /** Below the items, and there without any as well. */
  footer?: React.ReactNode;
}

/**
 * A field that offers what may be meant (WAI-ARIA: editable combobox with a list). By hand, since the list stands below its
 * field and needs no library that finds it a place: those weigh as much as the rest of a page.
 */
export function Combobox<T>({ value, onValueChange, items, itemKey, choose, children, footer, ref, ...input }: ComboboxProps<T>) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  useEffect(() => setAt(-1), [items]);
  const shown = open && (items.length > 0 || footer !== undefined);

  function take(item: T) {
    setOpen(false);
    choose(item);
  }

  function move(event: React.KeyboardEvent) {
    const item = items[at];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (items.length) setAt((now) => (now < 0 && step < 0 ? items.length - 1 : now + step >= items.length ? -1 : now + step));
    } else if (event.key === "Enter" && shown && item !== undefined) {
      event.preventDefault();
      take(item);
    } else if (event.key === "Enter") setOpen(false);
    else if (event.key === "Escape" && shown) {
      event.preventDefault(); // once more empties the field
      setOpen(false);
    }
  }

  return (
    <div
      className="relative w-full min-w-0"
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
      }}
    >
      <input
        {...input}
        ref={ref}
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={shown}
        aria-controls={shown ? id : undefined}
        aria-activedescendant={shown && at >= 0 ? `${id}-${at}` : undefined}
        value={value}
        onChange={(event) => {
          onValueChange(event.target.value);
          setOpen(true);
        }}
        onClick={() => setOpen(true)}
        onKeyDown={move}
      />
      {shown && (
        <div className="absolute inset-x-0 top-full z-20 mt-1 max-h-112 overflow-y-auto rounded border border-line bg-paper py-1">
          <ul id={id} role="listbox" aria-label={input["aria-label"]}>
            {items.map((item, place) => (
              <li
                key={itemKey(item)}
                id={`${id}-${place}`}
                role="option"
                aria-selected={place === at}
                onPointerDown={(event) => event.preventDefault()} // the field keeps the focus
                onClick={() => take(item)}
                className="flex cursor-default justify-between gap-4 px-3 py-2 text-15 hover:bg-raised aria-selected:bg-raised"
              >
                {children(item)}
              </li>
            ))}
          </ul>
          {footer}
        </div>
      )}
    </div>
  );
}
