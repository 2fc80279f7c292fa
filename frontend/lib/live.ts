"use client";

/** What others change while a page is open (`/changes`): told as soon as it is done, while the page is seen. */
import { useEffect, useRef } from "react";
import { client } from "./client/client.gen";
import { pause } from "./pause";
import { accessToken } from "./session";
import { useSession } from "./use-session";

const SOON = 1_000; // milliseconds until it asks again, at least: as the service wants it, not all at once
const MOST = 60_000;
const EVENT = /\r?\n\r?\n/;

/** The last position that was told, and each event by its name. */
async function follow(url: string, last: string, signal: AbortSignal, hear: (event: string, data: string) => void): Promise<string> {
  const token = await accessToken();
  if (!token) return last;
  const answer = await fetch(url, { signal, headers: { Authorization: `Bearer ${token}`, ...(last && { "Last-Event-ID": last }) } });
  if (!answer.ok || !answer.body) throw new Error(String(answer.status));
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return last;
    const events = (rest + value).split(EVENT);
    rest = events.pop() ?? "";
    for (const text of events) {
      const event = Object.fromEntries(text.split(/\r?\n/).map((line) => line.split(/: (.*)/).slice(0, 2)));
      last = event.id || last;
      if (event.event) hear(event.event, event.data ?? "");
    }
  }
}

/** Call `changed` when rows of a resource may have changed. Streams are few in a browser: a page that is not seen has none. */
export function useLive(resource: string | null, tenant: string, changed: () => void): void {
  const { status, user } = useSession();
  const act = useRef(changed);
  act.current = changed;
  useEffect(() => {
    if (!resource || status !== "in") return;
    const base = client.getConfig().baseUrl ?? "";
    const url = `${base}/api/v1${tenant && `/tenants/${tenant}`}/changes?resource=${resource}`;
    let last = "";
    let stop = new AbortController();
    let here = true;
    let running = false;
    async function run() {
      if (running) return;
      running = true;
      for (let wait = SOON; here && !document.hidden; ) {
        try {
          last = await follow(url, last, stop.signal, (event) => {
            if (event === "ready" || event === "change" || event === "reset") act.current();
            wait = SOON;
          });
        } catch {
          wait = Math.min(wait * 2, MOST);
        }
        if (here && !document.hidden) await pause(wait * (1 + Math.random()), stop.signal);
      }
      running = false;
    }
    function seen() {
      if (document.hidden) {
        stop.abort();
        return;
      }
      stop = new AbortController();
      void run();
    }
    document.addEventListener("visibilitychange", seen);
    void run();
    return () => {
      here = false;
      stop.abort();
      document.removeEventListener("visibilitychange", seen);
    };
  }, [resource, tenant, status, user]);
}
