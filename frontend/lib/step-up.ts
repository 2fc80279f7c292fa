/** What cannot be undone asks for a fresh proof of who calls. It is asked for in a dialog; then the call is made again, once. */
import { Trouble } from "./api";

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

/** Ask for a proof; whether it was given. */
export function askForProof(): Promise<boolean> {
  return new Promise((resolve) => {
    asked?.answer(false);
    put({
      answer: (proved) => {
        put(null);
        resolve(proved);
      },
    });
  });
}

/** Make a call; where it asks for a proof, once more after it was given. @throws what the call throws, if it was not. */
export async function proved<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof Trouble) || error.code !== "STEP_UP_REQUIRED" || !(await askForProof())) throw error;
    return call();
  }
}
