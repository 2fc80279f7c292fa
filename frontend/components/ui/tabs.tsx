"use client";

import Link from "next/link";
import { useEffect, useRef } from "react";

/** Parts of one page, each with an address of its own: `here` is the one that shows. */
export function Tabs({ label, here, tabs }: { label: string; here: string; tabs: readonly { id: string; name: string; href: string }[] }) {
  const bar = useRef<HTMLElement>(null);
  useEffect(() => {
    // On phones not all of them show: the one that one is at does.
    const [whole, current] = [bar.current, bar.current?.querySelector("[aria-current]")].map((each) => each?.getBoundingClientRect());
    if (whole && current && bar.current) bar.current.scrollLeft += current.left + current.width / 2 - (whole.left + whole.width / 2);
  }, [here]);
  return (
    <nav ref={bar} aria-label={label} className="overflow-x-auto border-b border-line">
      <ul className="flex gap-6">
        {tabs.map(({ id, name, href }) => (
          <li key={id}>
            <Link
              href={href}
              prefetch={false}
              aria-current={id === here ? "page" : undefined}
              className={`block py-3 text-15 whitespace-nowrap no-underline ${id === here ? "border-b-2 border-press font-semibold text-ink" : "text-quiet hover:text-ink"}`}
            >
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
