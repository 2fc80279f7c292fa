/** Courts as lists group them: by their level, and within it by province. */
import type { CourtCount, CourtLevel } from "./client/types.gen";

export interface CourtGroup {
  level: CourtLevel | null;
  count: number;
  regions: { region: string; courts: CourtCount[] }[];
}

const ORDER = ["first_instance", "appeal", null] as const;

/** The courts of the highest levels last, those of no province behind the others. */
export function grouped(courts: readonly CourtCount[]): CourtGroup[] {
  return ORDER.map((level) => {
    const own = courts.filter((court) => (court.level ?? null) === level);
    const regions = [...new Set(own.map((court) => court.region ?? ""))].sort((a, b) => Number(!a) - Number(!b) || a.localeCompare(b));
    return {
      level,
      count: own.reduce((sum, court) => sum + court.count, 0),
      regions: regions.map((region) => ({ region, courts: own.filter((court) => (court.region ?? "") === region) })),
    };
  }).filter((group) => group.count > 0);
}

const KINDS: Record<string, string> = {
  PN: "Pengadilan Negeri", PT: "Pengadilan Tinggi", PA: "Pengadilan Agama", PTA: "Pengadilan Tinggi Agama",
  MS: "Mahkamah Syar'iyah", PTUN: "Pengadilan Tata Usaha Negara", PTTUN: "Pengadilan Tinggi Tata Usaha Negara",
  Dilmil: "Pengadilan Militer", Dilmilti: "Pengadilan Militer Tinggi", Dilmiltama: "Pengadilan Militer Utama", MA: "Mahkamah Agung",
};

/** The name of a court in full, as citations have it: "PN Rimba Raya" is "Pengadilan Negeri Rimba Raya". */
export function longName(court: string): string {
  const [kind = "", ...place] = court.split(" ");
  return KINDS[kind] ? [KINDS[kind], ...place].join(" ") : court;
}
