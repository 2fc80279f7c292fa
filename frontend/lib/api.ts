/** Calls of the API: on the service that serves the pages; in `next dev` on port 8000. */
import { client } from "./client/client.gen";

const DEVELOPMENT = "http://localhost:8000";

/** What went wrong, as the API tells it (RFC 9457), or that nobody answered. */
export class Trouble extends Error {
  constructor(
    readonly status: number | null,
    readonly detail: string,
    readonly requestId: string | null,
    readonly retryAfter: number | null,
  ) {
    super(detail);
  }
}

export function configure(language: string): void {
  client.setConfig({
    baseUrl: process.env.NODE_ENV === "development" ? DEVELOPMENT : "",
    headers: { "Accept-Language": language },
  });
}

interface Result<T> {
  data?: T;
  error?: unknown;
  response?: Response;
}

/** The data of an answer. @throws Trouble for every other. */
export async function data<T>(call: Promise<Result<T>>): Promise<T> {
  let result: Result<T>;
  try {
    result = await call;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Trouble(null, "", null, null);
  }
  if (result.data !== undefined && result.response?.ok) return result.data;
  const problem = (result.error ?? {}) as { detail?: string; request_id?: string };
  const wait = Number(result.response?.headers.get("Retry-After"));
  throw new Trouble(
    result.response?.status ?? null,
    problem.detail ?? "",
    problem.request_id ?? result.response?.headers.get("X-Request-ID") ?? null,
    wait > 0 ? wait : null,
  );
}
