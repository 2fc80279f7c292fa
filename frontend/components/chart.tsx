"use client";

import Link from "next/link";
import { useId } from "react";
import { Axis } from "./ui/axis";
import { useWords } from "@/lib/i18n";
import { courtsight } from "@/lib/messages/courtsight";
import { ticks } from "@/lib/years";

export interface Bar {
  name: string;
  count: number;
  href: string;
}

interface Chart {
  title: string;
  unit: string;
  bars: readonly Bar[];
  total: number;
}

/** A figure whose bars are a table for those who want one, or cannot see them. */
function Figure({ title, unit, bars, total, children }: Chart & { children: React.ReactNode }) {
  const { t, number, percent } = useWords(courtsight);
  const id = useId();
  return (
    <figure aria-labelledby={id}>
      <figcaption id={id} className="text-17 font-semibold">
        {title}
      </figcaption>
      {children}
      <details className="mt-2 text-15">
        <summary className="cursor-default text-press">{t("asTable")}</summary>
        <table className="mt-2 w-full">
          <caption className="sr-only">{title}</caption>
          <thead>
            <tr className="border-b border-line text-start text-quiet">
              <td />
              <th scope="col" className="py-1 text-end font-normal">{unit}</th>
              <th scope="col" className="py-1 ps-4 text-end font-normal">{t("share")}</th>
            </tr>
          </thead>
          <tbody>
            {bars.map((bar) => (
              <tr key={bar.name} className="border-b border-line">
                <th scope="row" className="py-1 text-start font-normal">{bar.name}</th>
                <td className="py-1 text-end tabular-nums">{number(bar.count)}</td>
                <td className="py-1 ps-4 text-end tabular-nums">{percent(bar.count / total)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

/** Names beside bars, each with its number; a bar leads to its decisions. */
export function BarChart(chart: Chart) {
  const { number } = useWords(courtsight);
  const most = Math.max(1, ...chart.bars.map((bar) => bar.count));
  return (
    <Figure {...chart}>
      <ul className="mt-3 grid gap-1 text-15">
        {chart.bars.map((bar) => (
          <li key={bar.name}>
            <Link href={bar.href} prefetch={false} className="group grid grid-cols-[minmax(6rem,11rem)_1fr] items-center gap-3 text-ink no-underline">
              <span className="truncate group-hover:underline" title={bar.name}>
                {bar.name}
              </span>
              <span className="flex items-center gap-2">
                <span aria-hidden className="h-4 rounded-e-xs bg-press" style={{ inlineSize: `${(bar.count / most) * 85}%` }} />
                <span className="text-quiet tabular-nums">{number(bar.count)}</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Figure>
  );
}

const [HEIGHT, TOP, BOTTOM, START] = [240, 36, 28, 36];
const [NARROW, BROAD, WIDE] = [40, 88, 1100]; // of a column; of all of them together

/** Columns over a time, on an axis that says what it counts. */
export function ColumnChart(chart: Chart) {
  const { number } = useWords(courtsight);
  const axis = ticks(Math.max(0, ...chart.bars.map((bar) => bar.count)));
  const most = axis.at(-1) ?? 1;
  const column = Math.min(BROAD, Math.max(NARROW, (WIDE - START) / chart.bars.length));
  const width = START + chart.bars.length * column;
  const y = (count: number) => TOP + (1 - count / most) * (HEIGHT - TOP - BOTTOM);
  return (
    <Figure {...chart}>
      <div className="mt-3 overflow-x-auto" tabIndex={0} role="group" aria-label={chart.title}>
        <svg viewBox={`0 0 ${width} ${HEIGHT}`} width={width} height={HEIGHT} aria-hidden className="max-w-none font-sans text-13">
          <Axis unit={chart.unit} ticks={axis} start={START} end={width} y={y} number={number} />
          {chart.bars.map((bar, place) => {
            const x = START + place * column;
            return (
              <Link key={bar.name} href={bar.href} prefetch={false} tabIndex={-1} className="no-underline">
                <rect x={x + 6} y={y(bar.count)} width={column - 12} height={y(0) - y(bar.count)} className="fill-press" />
                {bar.count > 0 && (
                  <text x={x + column / 2} y={y(bar.count) - 5} textAnchor="middle" className="fill-ink tabular-nums">
                    {number(bar.count)}
                  </text>
                )}
                <text x={x + column / 2} y={HEIGHT - 8} textAnchor="middle" className="fill-quiet tabular-nums">
                  {bar.name}
                </text>
              </Link>
            );
          })}
        </svg>
      </div>
    </Figure>
  );
}
