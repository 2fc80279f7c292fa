"use client";

import { Menu as Base } from "@base-ui/react/menu";
import Link from "next/link";
import { TRIGGER } from "./menu-look";

const ITEM = "flex min-h-11 cursor-default items-center gap-3 px-4 py-2 text-15 text-ink no-underline outline-none data-[highlighted]:bg-raised";

interface MenuProps {
  label: React.ReactNode;
  children: React.ReactNode;
  /** It was pressed before it was there. */
  startsOpen?: boolean;
  className?: string;
}

/** A button that opens a list of things to do. */
export function Menu({ label, children, startsOpen = false, className = "" }: MenuProps) {
  return (
    <Base.Root modal={false} defaultOpen={startsOpen}>
      <Base.Trigger className={`${TRIGGER} ${className}`}>
        {label} <span aria-hidden>▾</span>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="end" collisionPadding={8} className="z-20">
          <Base.Popup className="max-h-(--available-height) min-w-60 overflow-y-auto rounded border border-line bg-paper py-1">{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export function MenuLink({ href, children, ...rest }: { href: string; children: React.ReactNode; lang?: string; hrefLang?: string }) {
  return (
    <Base.LinkItem closeOnClick className={ITEM} render={<Link href={href} prefetch={false} {...rest} />}>
      {children}
    </Base.LinkItem>
  );
}

export function MenuButton({ press, children }: { press: () => void; children: React.ReactNode }) {
  return (
    <Base.Item className={ITEM} onClick={press}>
      {children}
    </Base.Item>
  );
}

/** One of a few choices, which takes effect at once. */
export function MenuChoice({ label, value, choices, choose }: { label: string; value: string; choices: readonly (readonly [string, string])[]; choose: (value: string) => void }) {
  return (
    <Base.RadioGroup value={value} onValueChange={choose} className="border-t border-line py-1">
      <Base.GroupLabel className="px-4 pt-2 text-13 text-quiet">{label}</Base.GroupLabel>
      {choices.map(([each, name]) => (
        <Base.RadioItem key={each} value={each} className={ITEM}>
          <span aria-hidden className="w-4">
            <Base.RadioItemIndicator>✓</Base.RadioItemIndicator>
          </span>
          {name}
        </Base.RadioItem>
      ))}
    </Base.RadioGroup>
  );
}
