/** What cannot be undone asks for a fresh proof of who calls. It is asked for in a dialog; then the call is made again, once. */
import { Trouble } from "./api";
import { onSession, sessionState } from "./session";

export interface Question {
  answer: (proved: boolean) => void;
}

let asked: Question | null = null;
const listeners = new Set<() => void>();

export const question = (): Question | null => asked;

export function onQuestion(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function put(next: Question | null): void {
  asked = next;
  for (const listener of listeners) listener();
}

/** Ask for a proof; whether `user` gave it. The question goes when they are not signed in any more. */
export function askForProof(user = sessionState().user): Promise<boolean> {
  const here = () => sessionState().status === "in" && sessionState().user === user;
  return new Promise((resolve) => {
    asked?.answer(false);
    if (!here()) return resolve(false);
    const mine: Question = {
      answer: (proved) => {
        stop();
        if (asked === mine) put(null);
        resolve(proved && here());
      },
    };
    const stop = onSession(() => here() || mine.answer(false));
    put(mine);
  });
}

/** Make a call; where it asks for a proof, once more after the same account gave it. @throws what the call throws, if it did not. */
export async function proved<T>(call: () => Promise<T>): Promise<T> {
  const { user } = sessionState();
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof Trouble) || error.code !== "STEP_UP_REQUIRED" || !(await askForProof(user)) || sessionState().user !== user) throw error;
    return call();
  }
}
