import Link from "next/link";

const LOOKS = {
  /** The one thing to do on a page. */
  primary: "bg-press text-on-press border-press font-medium hover:underline",
  plain: "border-faint text-ink hover:border-ink",
  /** What destroys something. */
  danger: "border-late text-late font-medium hover:underline",
  /** As a link in a line of text. */
  quiet: "border-transparent px-0 text-press underline underline-offset-3",
};
export type Look = keyof typeof LOOKS;

function look(kind: Look): string {
  return `inline-flex min-h-11 items-center justify-center gap-2 rounded border px-4 py-2 text-17 no-underline disabled:opacity-60 aria-disabled:opacity-60 ${LOOKS[kind]}`;
}

type ButtonProps = React.ComponentProps<"button"> & { kind?: Look; busy?: boolean };

/** What is pressed to do something. While it is `busy` it keeps its focus and does nothing more. */
export function Button({ kind = "plain", busy = false, className = "", onClick, type = "button", ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
      className={`${look(kind)} ${className}`}
    />
  );
}

/** A link that looks as a button: the way to a page where something is done. */
export function ButtonLink({ kind = "plain", className = "", ...rest }: React.ComponentProps<typeof Link> & { kind?: Look }) {
  return <Link prefetch={false} {...rest} className={`${look(kind)} ${className}`} />;
}
