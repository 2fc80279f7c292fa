"use client";

import { useEffect, useId, useRef } from "react";
import { Axis } from "../ui/axis";
import { useWords } from "@/lib/i18n";
import { dashboard } from "@/lib/messages/dashboard";
import { ticks } from "@/lib/years";

export interface Series {
  name: string;
  /** What went wrong is told apart by colour, by its place on top, and by its name. */
  late?: boolean;
}

interface TimeChartProps {
  title: string;
  /** What the axis counts, such as "jobs per day". */
  unit: string;
  series: readonly Series[];
  /** A column: its first day, and a value for each series. */
  columns: readonly { day: string; values: readonly number[] }[];
}

const [HEIGHT, TOP, BOTTOM, START, COLUMN] = [200, 24, 28, 40, 14];

/** Columns over days, weeks or months, the parts of each on top of another, on an axis with its unit; and a table of the same. */
export function TimeChart({ title, unit, series, columns }: TimeChartProps) {
  const { t, number, day, shortDay } = useWords(dashboard);
  const id = useId();
  const sums = columns.map(({ values }) => values.reduce((sum, each) => sum + each, 0));
  const axis = ticks(Math.max(0, ...sums));
  const most = axis.at(-1) ?? 1;
  const column = columns.length > 14 ? COLUMN : 2 * COLUMN;
  const width = START + columns.length * column;
  const y = (count: number) => TOP + (1 - count / most) * (HEIGHT - TOP - BOTTOM);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (box.current) box.current.scrollLeft = width; // where it is too narrow for all, the newest show
  }, [width]);
  const every = Math.max(1, Math.ceil(columns.length / 7));
  return (
    <figure aria-labelledby={id} className="min-w-0">
      <figcaption id={id} className="flex flex-wrap items-baseline gap-x-4 text-17 font-semibold">
        {title}
        {series.length > 1 &&
          series.map(({ name, late }) => (
            <span key={name} className="text-13 font-normal text-quiet">
              <span aria-hidden className={late ? "text-late" : "text-press"}>
                {late ? "▲" : "■"}
              </span>{" "}
              {name}
            </span>
          ))}
      </figcaption>
      <div ref={box} className="mt-3 overflow-x-auto" tabIndex={0} role="group" aria-label={title} dir="ltr">
        <svg viewBox={`0 0 ${width} ${HEIGHT}`} width={width} height={HEIGHT} aria-hidden className="max-w-none font-sans text-13">
          <Axis unit={unit} ticks={axis} start={START} end={width} y={y} number={number} />
          {columns.map((each, place) => {
            const x = START + place * column;
            let below = 0;
            return (
              <g key={each.day}>
                {each.values.map((value, which) => {
                  const top = y(below + value);
                  const height = y(below) - top;
                  below += value;
                  return value > 0 && <rect key={which} x={x + 2} y={top} width={column - 4} height={height} className={series[which]?.late ? "fill-late" : "fill-press"} />;
                })}
                {place % every === 0 && (
                  <text x={x} y={HEIGHT - 8} className="fill-quiet tabular-nums">
                    {shortDay(each.day)}
                  </text>
                )}
              </g>
            );
          })}
        </svg>
      </div>
      <details className="mt-2 text-15">
        <summary className="cursor-default text-press">{t("asTable")}</summary>
        <div className="max-h-80 overflow-y-auto" tabIndex={0} role="group" aria-label={`${title}: ${t("asTable")}`}>
          <table className="mt-2 w-full">
            <caption className="sr-only">
              {title}, {unit}
            </caption>
            <thead>
              <tr className="border-b border-line text-quiet">
                <th scope="col" className="py-1 text-start font-normal">
                  {t("starts")}
                </th>
                {series.map(({ name }) => (
                  <th key={name} scope="col" className="py-1 ps-4 text-end font-normal">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {columns.map((column) => (
                <tr key={column.day} className="border-b border-line">
                  <th scope="row" className="py-1 text-start font-normal">
                    {day(column.day)}
                  </th>
                  {column.values.map((value, which) => (
                    <td key={which} className="py-1 ps-4 text-end tabular-nums">
                      {number(value)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}
