"use client";

/** What the service says of itself to its pages. */
import { useQuery } from "@tanstack/react-query";
import { data } from "./api";
import { client } from "./client/client.gen";
import { useWords } from "./i18n";

interface Place {
  /** Where it is, after the language. */
  path: string;
  title: string;
  meaning: string;
}

/** An application that runs here: its tile, its pages in the bar, and what one may try at first. */
export interface Application {
  name: string;
  title: string;
  meaning: string;
  path: string;
  navigation: Place[];
  examples: Place[];
}

export interface Site {
  /** The name of the service. */
  name: string;
  applications: Application[];
}

export function useSite() {
  const { language } = useWords();
  return useQuery({
    queryKey: ["site", language],
    staleTime: Infinity,
    queryFn: ({ signal }) => data(client.get<Site>({ url: "/site.json", signal }) as Promise<{ data?: Site; response?: Response }>),
  });
}

/** An application; undefined where it does not run, and until that is known. */
export function useApplication(name: string): Application | undefined {
  return useSite().data?.applications.find((application) => application.name === name);
}
