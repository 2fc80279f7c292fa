/** What can be done from the command palette, and what of it fits what was typed. */

export interface Option {
  id: string;
  /** The heading that it stands under. */
  group: string;
  name: string;
  /** Other words that it is found by: its group, its English name. */
  also?: string;
  /** It is there whatever is typed, after all that fits. */
  always?: boolean;
}

export interface Group<O extends Option> {
  name: string;
  options: O[];
}

const MARKS = /\p{M}/gu;
const SPACE = /\s+/;

/** Without marks and capitals: "José" is found by "jose". */
export function fold(text: string): string {
  return text.normalize("NFD").replace(MARKS, "").toLowerCase();
}

/** How well an option fits: 0 where its name begins so, 1 where a word of it does, 2 where it has all words somewhere; null where not. */
export function rank({ name, group, also = "" }: Option, typed: string): number | null {
  const [folded, words] = [fold(name), fold(typed).split(SPACE).filter(Boolean)];
  const all = `${folded} ${fold(group)} ${fold(also)}`;
  if (!words.every((word) => all.includes(word))) return null;
  const text = words.join(" ");
  return folded.startsWith(text) ? 0 : ` ${folded}`.includes(` ${text}`) ? 1 : 2;
}

/** What fits, in its groups: the best first, else as it came. */
export function found<O extends Option>(options: readonly O[], typed: string): Group<O>[] {
  const fitting = options
    .map((option, place) => ({ option, place, rank: option.always ? Infinity : rank(option, typed) }))
    .filter((each): each is typeof each & { rank: number } => each.rank !== null)
    .sort((one, other) => (one.rank === other.rank ? one.place - other.place : one.rank - other.rank));
  const groups = new Map<string, O[]>();
  for (const { option } of fitting) groups.set(option.group, [...(groups.get(option.group) ?? []), option]);
  return [...groups].map(([name, options]) => ({ name, options }));
}
