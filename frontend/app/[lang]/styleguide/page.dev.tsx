"use client";

import { useEffect, useState } from "react";
import { Marked } from "@/components/marked";
import { Broken, Skeleton } from "@/components/ui/notices";
import { Trouble } from "@/lib/api";

/** The names of the tokens of `globals.css`, as the browser knows them. */
function tokens(rules: CSSRuleList): string[] {
  return [...rules].flatMap((rule) => {
    if (rule instanceof CSSStyleRule && rule.selectorText.includes(":root")) return [...rule.style].filter((name) => name.startsWith("--"));
    return "cssRules" in rule ? tokens(rule.cssRules as CSSRuleList) : [];
  });
}

const SAMPLE = "Menimbang, bahwa Terdakwa mengantuk sehingga menabrak sepeda roda tiga 1,234,567";

/** Tokens and components, to look at: only `npm run dev` has this page. */
export default function Styleguide() {
  const [names, setNames] = useState<string[]>([]);
  useEffect(() => setNames([...new Set([...document.styleSheets].flatMap((sheet) => tokens(sheet.cssRules)))]), []);
  const of = (prefix: string) => names.filter((name) => name.startsWith(prefix) && !name.endsWith("--line-height"));
  return (
    <main id="main" className="mx-auto max-w-page px-4 py-10">
      <h1 className="font-serif text-34 font-semibold">Style guide</h1>
      <Part name="Colours">
        <ul className="grid grid-cols-2 gap-4 wide:grid-cols-5">
          {of("--color-").map((name) => (
            <li key={name} className="text-15">
              <span className="block h-16 rounded border border-line" style={{ background: `var(${name})` }} />
              <code>{name.slice("--color-".length)}</code>
            </li>
          ))}
        </ul>
      </Part>
      <Part name="Sizes of text">
        {of("--text-").map((name) => (
          <p key={name} className="truncate" style={{ fontSize: `var(${name})` }}>
            <code className="me-4 text-15 text-quiet">{name.slice("--text-".length)}</code>
            {SAMPLE}
          </p>
        ))}
      </Part>
      <Part name="What courts write">
        <p className="decision-text max-w-read"><Marked text={SAMPLE} highlights={[[28, 37], [47, 55]]} /></p>
      </Part>
      <Part name="To press">
        <div className="flex flex-wrap items-center gap-4">
          <button type="button" className="rounded bg-press px-4 py-2 font-medium text-on-press">Primary</button>
          <button type="button" className="rounded border border-faint px-4 py-2">Secondary</button>
          <a href="#main">A link</a>
          <input aria-label="Text" placeholder="Text" className="rounded border border-faint bg-paper px-3 py-2" />
        </div>
      </Part>
      <Part name="Loading"><Skeleton rows={2} /></Part>
      <Part name="Broken"><Broken error={new Trouble(500, {}, "01a2250c", null)} again={() => undefined} /></Part>
      <Part name="Too many requests"><Broken error={new Trouble(429, {}, null, 30)} again={() => undefined} /></Part>
      <Part name="Offline"><Broken error={new Trouble(null, {}, null, null)} again={() => undefined} /></Part>
    </main>
  );
}

function Part({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <section className="mt-10 border-t border-line pt-4">
      <h2 className="mb-4 text-15 font-semibold text-quiet">{name}</h2>
      {children}
    </section>
  );
}
