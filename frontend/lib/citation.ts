/** How a decision is cited in Indonesian: "Putusan PN Rimba Raya Nomor 45/Pid.B/2014/PN Rmr tanggal 23 Juni 2014". */
export function citation(decision: { court: string; case_number: string; pronounced_on: string | null }): string {
  const day = new Intl.DateTimeFormat("id", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  const pronounced = decision.pronounced_on ? ` tanggal ${day.format(new Date(`${decision.pronounced_on}T00:00:00Z`))}` : "";
  return `Putusan ${decision.court} Nomor ${decision.case_number}${pronounced}`;
}
