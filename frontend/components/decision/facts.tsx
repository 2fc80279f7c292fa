"use client";

import type { DecisionRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { courtsight } from "@/lib/messages/courtsight";

/** Who, when, and what came of it. */
export function Facts({ decision, className = "" }: { decision: DecisionRead; className?: string }) {
  const { t, day } = useWords(courtsight);
  const presiding = decision.presiding_judge && `${decision.presiding_judge} (${t("presiding")})`;
  const others = decision.judges.filter((judge) => judge !== decision.presiding_judge);
  const rows: [string, string[]][] = [
    [t("outcome"), [decision.outcome, decision.outcome_other]],
    [t("pronounced"), [decision.pronounced_on ? day(decision.pronounced_on) : String(decision.year ?? "")]],
    [t("level"), [decision.level ? t(`level_${decision.level}`) : ""]],
    [t("area"), [decision.legal_area, decision.case_type]],
    [t("judges"), [presiding, ...others]],
    [t("clerk"), [decision.clerk]],
    [t("parties"), decision.parties.map(({ role, name }) => (role ? `${role}: ${name}` : name))],
  ];
  return (
    <div className={`text-15 ${className}`}>
      <dl aria-label={t("facts")}>
        {rows.map(([name, values]) => {
          const shown = [...new Set(values.filter(Boolean))];
          if (!shown.length) return null;
          return (
            <div key={name} className="border-b border-line py-2">
              <dt className="text-13 text-quiet">{name}</dt>
              {shown.map((value) => (
                <dd key={value} dir="auto" className="break-words">
                  {value}
                </dd>
              ))}
            </div>
          );
        })}
      </dl>
      {decision.fictitious && <p className="py-2 text-13 text-quiet">{t("fictitiousOne")}</p>}
    </div>
  );
}
