"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { Trouble, configure } from "@/lib/api";
import { LanguageProvider } from "@/lib/i18n";
import type { Language } from "@/lib/languages";

const MINUTE = 60_000;

/** A fault of the service or the network may pass by itself; an answer that says no does not. */
function mayPass(count: number, error: Error): boolean {
  return count < 1 && error instanceof Trouble && (error.status === null || error.status >= 500);
}

export function Providers({ language, children }: { language: Language; children: React.ReactNode }) {
  const [client] = useState(() => {
    configure(language);
    return new QueryClient({
      defaultOptions: { queries: { staleTime: MINUTE, retry: mayPass, refetchOnWindowFocus: false } },
    });
  });
  return (
    <QueryClientProvider client={client}>
      <LanguageProvider language={language}>{children}</LanguageProvider>
    </QueryClientProvider>
  );
}
