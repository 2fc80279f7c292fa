"use client";

import Link from "next/link";
import { Chip } from "../chip";
import type { Here } from "../results";
import type { QueryPart } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { courtsight } from "@/lib/messages/courtsight";
import type { Found } from "@/lib/search";
import { cutQuery } from "@/lib/search-url";

/** How the query was understood: each part can be taken away, and the address says so. */
export function Understood({ state, at, answer }: Here & { answer: Found }) {
  const { t } = useWords(courtsight);
  const parts = (answer.parts ?? []).filter((part) => part.use !== "ranked");
  const ranked = (answer.parts ?? []).some((part) => part.use === "ranked");
  const also = answer.also_searched ?? [];
  const typed = state.asTyped;
  return (
    <div className="text-15">
      {answer.did_you_mean && (
        <p className="pt-2">
          {t("didYouMean")}{" "}
          <Link href={at({ query: answer.did_you_mean })} prefetch={false} className="font-semibold">
            <bdi dir="auto">{answer.did_you_mean}</bdi>
          </Link>
          ?
        </p>
      )}
      {parts.length > 0 && (
        <Chips name={t("understood")}>
          {parts.map((part) => (
            <Part key={part.start} part={part} state={state} at={at} />
          ))}
          {state.understand && parts.some((part) => part.use === "filter" && !part.text.includes(":")) && (
            <More href={at({ understand: false })}>{t("asWords")}</More>
          )}
        </Chips>
      )}
      {!state.understand && ranked && (
        <p className="pt-2">
          <Link href={at({ understand: true })} prefetch={false}>
            {t("asFilters")}
          </Link>
        </p>
      )}
      {(also.length > 0 || typed.length > 0) && (
        <Chips name={t("also")}>
          {also.map(({ words, alternatives, kind }) => {
            const values = { words, alternatives: alternatives.join(", ") };
            return (
              <li key={`${words} ${kind}`}>
                <Chip href={at({ asTyped: [...typed, words] })} label={`${words}: ${values.alternatives}. ${t("alsoNot", values)}`}>
                  <span className="text-quiet">{words}:</span> {values.alternatives}
                </Chip>
              </li>
            );
          })}
          {typed.map((words) => (
            <li key={words}>
              <Chip href={at({ asTyped: typed.filter((other) => other !== words) })} label={t("remove", { name: t("asTyped", { words }) })}>
                {t("asTyped", { words })}
              </Chip>
            </li>
          ))}
        </Chips>
      )}
      {!!answer.unknown_words?.length && <p className="pt-2 text-quiet">{t("unknownWords", { words: answer.unknown_words.join(", ") })}</p>}
      {!!answer.left_out?.length && <p className="pt-2 text-quiet">{t("leftOut", { words: answer.left_out.join(", ") })}</p>}
    </div>
  );
}

function Chips({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-2 pt-2">
      <span className="text-quiet">{name}</span>
      <ul aria-label={name} className="flex flex-wrap items-center gap-2">
        {children}
      </ul>
    </div>
  );
}

function More({ href, children }: { href: string; children: React.ReactNode }) {
  return (
    <li>
      <Link href={href} prefetch={false} className="block px-1 py-1">
        {children}
      </Link>
    </li>
  );
}

function Part({ part, state, at }: Here & { part: QueryPart }) {
  const { t } = useWords(courtsight);
  const kind = t(`part_${part.kind}`);
  const value = part.value || part.text;
  const name = part.use === "excluded" ? t("part_excluded", { name: value }) : `${kind} ${value}`;
  const rest = cutQuery(state.query, part.start, part.end);
  return (
    <li>
      <Chip href={at({ query: rest })} label={t("remove", { name })}>
        {part.use === "excluded" ? name : (
          <>
            <span className="text-quiet">{kind}</span> {value}
          </>
        )}
      </Chip>
    </li>
  );
}
