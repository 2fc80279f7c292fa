/** Counts by year, from the first to the last, with the years between that have none. */
import type { Count } from "./client/types.gen";

const MOST = 60; // columns; a longer time shows its last years

export function byYear(values: readonly Count[]): Count[] {
  const counts = new Map(values.map(({ value, count }) => [Number(value), count]));
  const years = [...counts.keys()].filter(Number.isInteger);
  if (!years.length) return [];
  const last = Math.max(...years);
  const first = Math.max(Math.min(...years), last - MOST + 1);
  return Array.from({ length: last - first + 1 }, (_, place) => ({ value: String(first + place), count: counts.get(first + place) ?? 0 }));
}

/** Round numbers for an axis from 0 on, the last of which no value exceeds. */
export function ticks(most: number): number[] {
  if (most <= 0) return [0, 1];
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1)));
  const step = Math.max(1, [1, 2, 5, 10].map((times) => times * power).find((each) => each >= rough) ?? power);
  const count = Math.ceil(most / step);
  return Array.from({ length: count + 1 }, (_, place) => place * step);
}
