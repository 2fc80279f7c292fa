/** Calls of the API: on the service that serves the pages; in `next dev` on port 8000. */
import { client } from "./client/client.gen";
import { accessToken, renewed } from "./session";

const DEVELOPMENT = process.env.NODE_ENV === "development";

/** A problem (RFC 9457) as the API tells it, with the members of its own. */
export interface Problem {
  error_code?: string;
  title?: string;
  detail?: string;
  request_id?: string;
  field_errors?: { field: string; message: string; code: string }[];
  [member: string]: unknown;
}

/** What went wrong, or that nobody answered (`status` is null). */
export class Trouble extends Error {
  constructor(
    readonly status: number | null,
    readonly problem: Problem,
    readonly requestId: string | null,
    /** Seconds until it may be tried again. */
    readonly retryAfter: number | null,
  ) {
    super(problem.detail ?? "");
  }

  /** For programs: `STEP_UP_REQUIRED`, `VALIDATION_ERROR`. */
  get code(): string {
    return this.problem.error_code ?? "";
  }

  /** For people, in the language of the page. */
  get detail(): string {
    return this.problem.detail ?? "";
  }

  /** What is wrong with each field of the body, by its name. */
  get fields(): Record<string, string> {
    const named = (this.problem.field_errors ?? []).map(({ field, message }) => [field.replace(/^(body|query)\./, ""), message] as const);
    return Object.fromEntries(named.reverse()); // the first of each field
  }
}

/** A call as somebody who may be signed in, for operations that take strangers too. */
export const IF_SIGNED_IN = { security: [{ scheme: "bearer" as const, type: "http" as const }] };

export function configure(language: string): void {
  client.setConfig({
    baseUrl: DEVELOPMENT ? "http://localhost:8000" : "",
    credentials: DEVELOPMENT ? "include" : "same-origin",
    headers: { "Accept-Language": language },
    auth: (scheme) => (scheme.type === "http" && scheme.scheme === "bearer" ? accessToken() : undefined),
    fetch: (input, init) => fetchIn(language, new Request(input, init)),
  });
}

/**
 * Fetch in the language of the page, whatever the account says; once more with a new token, where the session goes on and
 * only the token was over.
 */
async function fetchIn(language: string, request: Request): Promise<Response> {
  const url = new URL(request.url);
  url.searchParams.set("lang", language);
  const { method, headers, credentials, cache, signal } = request;
  const body = method === "GET" || method === "HEAD" ? null : await request.blob();
  const send = () => fetch(url, { method, headers, credentials, cache, signal, body: body?.size ? body : null });
  const response = await send();
  const sent = headers.get("Authorization")?.replace("Bearer ", "");
  if (response.status !== 401 || !sent) return response;
  const token = await renewed(sent);
  if (!token) return response;
  headers.set("Authorization", `Bearer ${token}`);
  return send();
}

interface Result<T> {
  data?: T;
  error?: unknown;
  response?: Response;
}

const aborted = (error: unknown) => error instanceof DOMException && error.name === "AbortError";

/** The data of an answer. @throws Trouble for every other. */
export async function data<T>(call: Promise<Result<T>>): Promise<T> {
  let result: Result<T>;
  try {
    result = await call;
  } catch (error) {
    result = { error };
  }
  const { error, response } = result;
  if (result.data !== undefined && response?.ok) return result.data;
  if (aborted(error) || error instanceof Trouble) throw error;
  if (!response) throw new Trouble(null, {}, null, null);
  const problem = (typeof error === "object" && error !== null ? error : {}) as Problem;
  const wait = Number(response.headers.get("Retry-After"));
  throw new Trouble(response.status, problem, problem.request_id ?? response.headers.get("X-Request-ID"), wait > 0 ? wait : null);
}
