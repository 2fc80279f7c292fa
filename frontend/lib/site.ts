"use client";

/** What the service says of itself to its pages. */
import { useQuery } from "@tanstack/react-query";
import { data } from "./api";
import { client } from "./client/client.gen";
import { useWords } from "./i18n";

export interface Site {
  /** Searches that find something, and what each shows. */
  examples: { query: string; meaning: string }[];
}

export function useSite() {
  const { language } = useWords();
  return useQuery({
    queryKey: ["site", language],
    staleTime: Infinity,
    queryFn: ({ signal }) => data(client.get<Site>({ url: "/site.json", signal }) as Promise<{ data?: Site; response?: Response }>),
  });
}
