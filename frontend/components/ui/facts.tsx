/** What a thing is, in a box: to the side of its page, below the title on phones. Rows without a value are left out. */
export function Facts({ label, rows, className = "" }: { label: string; rows: readonly (readonly [string, React.ReactNode])[]; className?: string }) {
  return (
    <dl aria-label={label} className={`text-15 ${className}`}>
      {rows.map(
        ([name, value]) =>
          value !== null &&
          value !== undefined &&
          value !== false &&
          value !== "" && (
            <div key={name} className="border-b border-line py-2">
              <dt className="text-quiet">{name}</dt>
              <dd className="break-words">{typeof value === "string" ? <bdi dir="auto">{value}</bdi> : value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

const SHAPES = { good: "●", open: "○", late: "▲", off: "–" } as const;
const INKS = { good: "text-press", open: "text-ink", late: "text-late", off: "text-quiet" } as const;
export type State = keyof typeof SHAPES;

/** A state in a word, a shape and a colour: never by colour alone. */
export function Status({ state, children }: { state: State; children: React.ReactNode }) {
  return (
    <span className="inline-flex items-baseline gap-2 whitespace-nowrap">
      <span aria-hidden className={INKS[state]}>
        {SHAPES[state]}
      </span>
      {children}
    </span>
  );
}
