import Link from "next/link";

/** The way back: to what a page is a part of. */
export function Back({ href, name }: { href: string; name: React.ReactNode }) {
  return (
    <Link href={href} prefetch={false}>
      <span aria-hidden className="inline-block rtl:-scale-x-100">
        ←
      </span>{" "}
      {name}
    </Link>
  );
}
