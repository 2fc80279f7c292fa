"use client";

import { useQuery } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { data } from "./api";
import { readOwnPermissions, readOwnUser } from "./client/sdk.gen";
import { UNKNOWN, onSession, sessionState, type SessionState } from "./session";

/** Who is signed in, now and whenever that changes. */
export function useSession(): SessionState {
  return useSyncExternalStore(onSession, sessionState, () => UNKNOWN);
}

/** The account of whoever is signed in. Looked at again when its tab comes back, so that an end of the session shows. */
export function useMe() {
  const { status, user } = useSession();
  return useQuery({
    queryKey: ["me", user],
    enabled: status === "in",
    refetchOnWindowFocus: "always",
    queryFn: ({ signal }) => data(readOwnUser({ signal })),
  });
}

/** The permissions of whoever is signed in, as the service tells them. */
export function useRights() {
  const { status, user } = useSession();
  return useQuery({
    queryKey: ["rights", user],
    enabled: status === "in",
    queryFn: ({ signal }) => data(readOwnPermissions({ signal })),
  });
}

/**
 * What the person who is signed in may do, for showing what is theirs to press. The service decides each time anew.
 * `may` says no while nothing is known.
 */
export function useMay() {
  const { data: rights } = useRights();
  return (permission: string): boolean => !!rights && (rights.is_superuser || rights.effective.includes(permission));
}
