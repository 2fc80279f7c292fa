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
  /** Who holds it sees the page; without one everybody does. */
  permission?: string | null;
}

/** The list of a resource inside teams. */
export interface InsidePlace extends Place {
  of: string;
  permission: string | null;
}

/** An application that runs here: its tile, its pages in the bar, and what one may try at first. */
export interface Application {
  name: string;
  title: string;
  meaning: string;
  path: string;
  navigation: Place[];
  /** Pages that every team has of it. */
  inside: InsidePlace[];
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

/** What the service is called on its pages. */
export function useBrand(): string {
  const { data: site } = useSite();
  return !site || site.applications.some(({ name }) => name === "courtsight") ? "CourtSight" : site.name;
}
