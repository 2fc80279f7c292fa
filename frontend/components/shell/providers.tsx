"use client";

import { CSPProvider } from "@base-ui/react/csp-provider";
import { DirectionProvider } from "@base-ui/react/direction-provider";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useEffect, useState, useSyncExternalStore } from "react";
import { Trouble, configure } from "@/lib/api";
import { LanguageProvider } from "@/lib/i18n";
import { direction, type Language } from "@/lib/languages";
import { onSession, sessionState, start } from "@/lib/session";
import { onQuestion, question } from "@/lib/step-up";
import { useMe, useSession } from "@/lib/use-session";

const MINUTE = 60_000;
const StepUpDialog = dynamic(() => import("./step-up-dialog").then((all) => all.StepUpDialog), { ssr: false });

/** A fault of the service or the network may pass by itself; an answer that says no does not. */
function mayPass(count: number, error: Error): boolean {
  return count < 1 && error instanceof Trouble && (error.status === null || error.status >= 500);
}

export function Providers({ language, children }: { language: Language; children: React.ReactNode }) {
  const [client] = useState(() => {
    configure(language);
    start();
    return new QueryClient({
      defaultOptions: {
        // Without a network a call fails, and the page says so, instead of waiting in silence.
        queries: { staleTime: MINUTE, retry: mayPass, refetchOnWindowFocus: false, networkMode: "always" },
        mutations: { networkMode: "always" },
      },
    });
  });
  useEffect(() => forgetBetweenAccounts(client), [client]);
  return (
    <CSPProvider disableStyleElements>
      <DirectionProvider direction={direction(language)}>
        <QueryClientProvider client={client}>
          <InTheirZone language={language}>{children}</InTheirZone>
        </QueryClientProvider>
      </DirectionProvider>
    </CSPProvider>
  );
}

/** What one account saw is never painted for the next. What the end of a session broke is asked again when it goes on. */
function forgetBetweenAccounts(client: QueryClient): () => void {
  let before = sessionState();
  return onSession(() => {
    const now = sessionState();
    if (before.user !== null && now.user !== before.user) client.clear();
    else if (before.status === "ended" && now.status === "in") void client.refetchQueries({ type: "active", predicate: ({ state }) => state.status === "error" });
    before = now;
  });
}

/** Times in the zone that the person has chosen; in that of the browser for who never chose one. */
function InTheirZone({ language, children }: { language: Language; children: React.ReactNode }) {
  const { user } = useSession();
  const { data: me } = useMe();
  const asked = useSyncExternalStore(onQuestion, question, () => null);
  const zone = me?.timezone === "UTC" ? undefined : me?.timezone;
  return (
    <LanguageProvider language={language} timeZone={zone}>
      {children}
      {asked && <StepUpDialog key={user} question={asked} />}
    </LanguageProvider>
  );
}
