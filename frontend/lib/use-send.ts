"use client";

import { useMutation, useQueryClient, type QueryKey } from "@tanstack/react-query";
import { useRef } from "react";
import { Trouble } from "./api";
import { sessionState, signedInAgain } from "./session";
import { proved } from "./step-up";

/** A random key for a request (`Idempotency-Key`): the same when the same request is sent again. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export interface Sending<V, T> {
  /** The call. `key` is for the header `Idempotency-Key` of a POST. */
  send: (values: V, key: string) => Promise<T>;
  /** What to do with its answer. */
  done?: (answer: T, values: V) => void | Promise<void>;
  /** Queries that are asked again after it. */
  invalidates?: QueryKey[];
}

/**
 * Change something: once, however often one presses. It goes on by itself after a proof that it asks for, and after signing in
 * again where the session ended meanwhile.
 */
export function useSend<V = void, T = unknown>({ send, done, invalidates = [] }: Sending<V, T>) {
  const queries = useQueryClient();
  const last = useRef({ text: "", key: "" });
  const running = useRef(false);
  const { mutateAsync, error, isPending, isSuccess, reset } = useMutation<T, Error, V>({
    mutationFn: async (values) => {
      const text = JSON.stringify(values) ?? "";
      if (last.current.text !== text || !last.current.key) last.current = { text, key: newKey() };
      const answer = await resumed(() => proved(() => send(values, last.current.key)));
      last.current = { text: "", key: "" };
      await done?.(answer, values);
      await Promise.all(invalidates.map((queryKey) => queries.invalidateQueries({ queryKey })));
      return answer;
    },
  });
  return {
    /** Resolves to whether it was done; what went wrong is in `trouble`. */
    send: async (values: V): Promise<boolean> => {
      if (running.current) return false;
      running.current = true;
      try {
        await mutateAsync(values);
        return true;
      } catch {
        return false;
      } finally {
        running.current = false;
      }
    },
    busy: isPending,
    sent: isSuccess,
    trouble: error,
    reset,
  };
}

async function resumed<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof Trouble) || error.code !== "UNAUTHENTICATED" || sessionState().status !== "ended") throw error;
    await signedInAgain();
    return call();
  }
}
