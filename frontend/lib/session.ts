/**
 * Who is signed in, the same in all tabs of a browser.
 *
 * The access token is a variable here and nowhere else; the refresh token is a cookie that no script sees. Of all tabs one
 * refreshes at a time, and the others take what it got: a Web Lock is held by the one that refreshes, and each tab that has a
 * token that lasts says so by another lock.
 */
import { logout, refresh } from "./client/sdk.gen";
import type { TokenAnswer } from "./client/types.gen";

interface Token {
  value: string;
  /** Milliseconds since 1970. */
  expires: number;
  user: string;
}

/**
 * - `unknown`: it is being found out.
 * - `out`: nobody is signed in.
 * - `in`: `user` is.
 * - `ended`: `user` was, and has to sign in again to go on; what they see and wrote stays.
 */
export interface SessionState {
  status: "unknown" | "out" | "in" | "ended";
  user: string | null;
}

type Message = { kind: "token"; token: Token } | { kind: "ask" } | { kind: "out" } | { kind: "ended" };

const HINT = "signed-in"; // in localStorage: whether a visit begins with a refresh
const REFRESH = "session-refresh";
const HOLDS = "session-token ";
const LEEWAY = 60_000; // milliseconds that a token has to last
const PATIENCE = 2_000; // milliseconds for another tab to pass its token on

export const UNKNOWN: SessionState = { status: "unknown", user: null };
const OUT: SessionState = { status: "out", user: null };

let state = UNKNOWN;
let token: Token | null = null;
let tried = false;
let underway: Promise<Token | null> | null = null;
let channel: BroadcastChannel | null = null;
let letGo = () => {};
const listeners = new Set<() => void>();
const waiting = new Set<() => void>();

export const sessionState = (): SessionState => state;

export function onSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Begin, once for each page that is loaded. Where the browser was signed in before, it refreshes at once. */
export function start(): void {
  if (channel || typeof window === "undefined") return;
  channel = new BroadcastChannel("session");
  channel.onmessage = ({ data }: MessageEvent<Message>) => hear(data);
  if (hinted()) void refreshed().catch(() => {});
  else become(OUT);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && state.status === "in" && !lasts(token)) void refreshed().catch(() => {});
  });
}

/** A token for a private call; undefined when nobody is signed in. @throws when the service cannot be asked. */
export async function accessToken(): Promise<string | undefined> {
  if (lasts(token)) return token?.value;
  if (state.status === "ended" || (state.status === "out" && tried)) return undefined;
  return (await refreshed())?.value;
}

/** A token in place of one that the service did not take; undefined when the session has ended. */
export async function renewed(refused: string): Promise<string | undefined> {
  if (token && token.value !== refused && lasts(token)) return token.value;
  if (state.status === "ended" || state.status === "out") return undefined;
  return (await refreshed(refused))?.value;
}

/** Somebody has signed in, here. */
export function begin(answer: TokenAnswer): void {
  const mine = read(answer);
  void adopt(mine);
  tell({ kind: "token", token: mine });
}

/** Somebody may have signed in elsewhere: the browser came back from a provider. @returns whether somebody is signed in. */
export async function resume(): Promise<boolean> {
  return (await refreshed(token?.value)) !== null;
}

/** Sign out, in all tabs. @throws when the service cannot be asked: then nothing has changed. */
export async function signOut(): Promise<void> {
  const { response } = await logout({
    headers: { "X-Requested-With": "fetch", ...(token && { Authorization: `Bearer ${token.value}` }) },
  });
  if (!response?.ok && response?.status !== 401) throw new Error("The service did not answer.");
  leave();
}

/** The account or its session is gone: nobody is signed in any more, in any tab. */
export function leave(): void {
  become(OUT);
  tell({ kind: "out" });
}

/** Wait until `user` has signed in again. @throws when they did not. */
export function signedInAgain(): Promise<void> {
  const user = state.user;
  return new Promise((resolve, reject) => {
    const stop = onSession(() => {
      if (state.status === "ended") return;
      stop();
      if (state.status === "in" && state.user === user) resolve();
      else reject(new DOMException("Somebody else, or nobody, is signed in.", "AbortError"));
    });
  });
}

function refreshed(refused?: string): Promise<Token | null> {
  underway ??= alone(() => renew(refused)).finally(() => (underway = null));
  return underway;
}

async function renew(refused: string | undefined): Promise<Token | null> {
  // A token of another tab becomes this tab's as soon as it comes: ask for it after each wait.
  const fits = () => lasts(token) && token?.value !== refused;
  if (fits()) return token;
  await othersAsked();
  if (fits()) return token;
  let { data, response } = await ask();
  if (response?.status === 409) {
    await passedOn();
    if (fits()) return token;
    ({ data, response } = await ask());
  }
  tried = true;
  if (data && response?.ok) {
    const mine = read(data);
    await adopt(mine);
    tell({ kind: "token", token: mine });
    return mine;
  }
  if (response?.status !== 401) throw new TypeError("The service could not be asked for a new token.");
  end();
  tell({ kind: "ended" });
  return null;
}

const ask = () => refresh({ headers: { "X-Requested-With": "fetch" } });

/** Ask the other tabs for their token, and wait for it, where one of them has one that lasts. */
async function othersAsked(): Promise<void> {
  const mine = token && HOLDS + token.expires;
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  const newer = held.some(({ name = "" }) => name.startsWith(HOLDS) && name !== mine && Number(name.slice(HOLDS.length)) > Date.now() + LEEWAY);
  if (!newer) return;
  const passed = passedOn();
  tell({ kind: "ask" });
  await passed;
}

/** Until another tab has passed its token on, or patience has ended. */
function passedOn(): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, PATIENCE);
    function finish() {
      clearTimeout(timer);
      waiting.delete(finish);
      resolve();
    }
    waiting.add(finish);
  });
}

/** One tab after the other. Where there are no locks (http on another machine), one call after the other. */
function alone<T>(run: () => Promise<T>): Promise<T> {
  return navigator.locks ? (navigator.locks.request(REFRESH, run) as Promise<T>) : run();
}

function hear(message: Message): void {
  if (message.kind === "token") {
    void adopt(message.token);
    for (const goOn of waiting) goOn();
  } else if (message.kind === "ask") {
    if (lasts(token)) tell({ kind: "token", token: token as Token });
  } else if (message.kind === "out") {
    become(OUT);
  } else {
    end();
  }
}

async function adopt(found: Token): Promise<void> {
  if (found.value === token?.value) return;
  token = found;
  tried = true;
  remember(true);
  const held = hold(found);
  if (state.status !== "in" || state.user !== found.user) become({ status: "in", user: found.user });
  await held;
}

/** Say that this tab has a token until then. Resolves when others can see it. */
function hold(found: Token): Promise<void> {
  letGo();
  if (!navigator.locks) return Promise.resolve();
  return new Promise((seen) => {
    void navigator.locks.request(HOLDS + found.expires, { mode: "shared" }, () => {
      seen();
      return new Promise<void>((release) => (letGo = release));
    });
  });
}

function end(): void {
  become(state.user ? { status: "ended", user: state.user } : OUT);
}

function become(next: SessionState): void {
  if (next.status !== "in" && next.status !== "unknown") {
    token = null;
    letGo();
    remember(false);
  }
  if (next.status === "out" && state.status !== "unknown") tried = true;
  if (next.status === state.status && next.user === state.user) return;
  state = next;
  for (const listener of listeners) listener();
}

function tell(message: Message): void {
  channel?.postMessage(message);
}

function lasts(one: Token | null): boolean {
  return one !== null && one.expires - Date.now() > LEEWAY;
}

/** Whose a token is and until when, as it says itself (RFC 7519). The service alone can tell whether that is true. */
function read(answer: TokenAnswer): Token {
  const part = answer.access_token.split(".")[1] ?? "";
  const { sub } = JSON.parse(atob(part.replaceAll("-", "+").replaceAll("_", "/"))) as { sub: string };
  return { value: answer.access_token, expires: Date.now() + answer.expires_in * 1000, user: sub };
}

function hinted(): boolean {
  try {
    return localStorage.getItem(HINT) !== null;
  } catch {
    return true; // storage is shut: one has to ask
  }
}

function remember(signedIn: boolean): void {
  try {
    if (signedIn) localStorage.setItem(HINT, "yes");
    else localStorage.removeItem(HINT);
  } catch {
    // Storage is shut: the next visit asks.
  }
}
