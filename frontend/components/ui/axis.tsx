interface AxisProps {
  /** What it counts. */
  unit: string;
  ticks: readonly number[];
  /** Where the columns start and end. */
  start: number;
  end: number;
  y: (count: number) => number;
  /** How it writes numbers. */
  number: (value: number) => string;
}

/** The axis of a chart of columns: its unit, and a line for each tick. */
export function Axis({ unit, ticks, start, end, y, number }: AxisProps) {
  return (
    <>
      <text x={0} y={10} className="fill-quiet">
        {unit}
      </text>
      {ticks.map((tick) => (
        <g key={tick}>
          <line x1={start} x2={end} y1={y(tick)} y2={y(tick)} className="stroke-line" />
          <text x={start - 6} y={y(tick)} textAnchor="end" dominantBaseline="middle" className="fill-quiet tabular-nums">
            {number(tick)}
          </text>
        </g>
      ))}
    </>
  );
}
