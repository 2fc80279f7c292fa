"use client";

import Link from "next/link";

/** Something active that a click takes away. What it does is its label; what it is, its text. */
export function Chip({ href, label, children }: { href: string; label: string; children: React.ReactNode }) {
  return (
    <Link
      href={href}
      prefetch={false}
      aria-label={label}
      className="flex min-h-7 items-center gap-2 rounded bg-raised px-3 py-1 text-15 text-ink no-underline hover:underline"
    >
      <span dir="auto">{children}</span> <span aria-hidden>×</span>
    </Link>
  );
}
