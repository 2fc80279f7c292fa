import { Trouble } from "./api";

/** Whether what was there is not to be seen any more; all else that goes wrong leaves on a page what is on it. */
export function isGone(error: Error | null): boolean {
  return error instanceof Trouble && (error.status === 403 || error.status === 404);
}
