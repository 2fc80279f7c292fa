import type { ActivityRead } from "./client/types.gen";

type Entry = Pick<ActivityRead, "user_id" | "username" | "endpoint" | "ip_address">;

/** Who did what an entry of the trail tells: a name, else an id; without one the service, or a stranger who sent a request. */
export function actorOf({ user_id, username, endpoint, ip_address }: Entry, words: { service: string; stranger: string }): string {
  return username ?? user_id ?? (endpoint || ip_address ? words.stranger : words.service);
}
