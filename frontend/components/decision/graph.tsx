"use client";

import Link from "next/link";
import type { Relation } from "./related";
import { useWords } from "@/lib/i18n";
import { courtsight } from "@/lib/messages/courtsight";

const SHOWN = 6; // on each side; the lists below have all
const [WIDTH, ROW, NODE, MIDDLE] = [672, 44, 200, 32];

/** What is cited on one side, what cites on the other. The lists below say the same in words. */
export function Graph({ name, cited, citing }: { name: string; cited: readonly Relation[]; citing: readonly Relation[] }) {
  const { t } = useWords(courtsight);
  const [left, right] = [cited.slice(0, SHOWN), citing.slice(0, SHOWN)];
  const height = Math.max(left.length, right.length, 1) * ROW + ROW;
  const centre = height / 2;
  const rows = (count: number) => Array.from({ length: count }, (_, row) => centre + (row - (count - 1) / 2) * ROW);
  const node = (relation: Relation, x: number, y: number, anchor: "start" | "end") => (
    <Link key={relation.href} href={relation.href} prefetch={false} tabIndex={-1} className="no-underline">
      <text x={x} y={y} textAnchor={anchor} dominantBaseline="middle" className="fill-press text-13">
        {short(relation.name)}
      </text>
    </Link>
  );
  return (
    <svg viewBox={`0 0 ${WIDTH} ${height}`} role="group" aria-label={t("graphOf", { cited: cited.length, citing: citing.length })} className="mt-2 w-full font-sans">
      {rows(left.length).map((y, row) => (
        <path key={`l${row}`} d={curve(NODE, y, WIDTH / 2 - MIDDLE * 2.6, centre)} className="fill-none stroke-line" />
      ))}
      {rows(right.length).map((y, row) => (
        <path key={`r${row}`} d={curve(WIDTH - NODE, y, WIDTH / 2 + MIDDLE * 2.6, centre)} className="fill-none stroke-line" />
      ))}
      <text x={0} y={12} className="fill-quiet text-13">
        {t("cited")}
      </text>
      <text x={WIDTH} y={12} textAnchor="end" className="fill-quiet text-13">
        {t("citing")}
      </text>
      {rows(left.length).map((y, row) => node(left[row]!, NODE - 8, y, "end"))}
      {rows(right.length).map((y, row) => node(right[row]!, WIDTH - NODE + 8, y, "start"))}
      <text x={WIDTH / 2} y={centre} textAnchor="middle" dominantBaseline="middle" className="fill-ink text-13 font-semibold">
        {short(name)}
      </text>
    </svg>
  );
}

function curve(x1: number, y1: number, x2: number, y2: number): string {
  const middle = (x1 + x2) / 2;
  return `M ${x1} ${y1} C ${middle} ${y1}, ${middle} ${y2}, ${x2} ${y2}`;
}

function short(name: string): string {
  return name.length > 26 ? `${name.slice(0, 25)}…` : name;
}
