import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { pause } from "./pause";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a pause ends by itself", async () => {
  const over = pause(60_000, new AbortController().signal);
  vi.advanceTimersByTime(60_000);
  await expect(over).resolves.toBeUndefined();
});

test("a pause ends at once where it is called off, before or meanwhile", async () => {
  const off = new AbortController();
  const over = pause(60_000, off.signal);
  off.abort();
  await expect(over).resolves.toBeUndefined();
  await expect(pause(60_000, off.signal)).resolves.toBeUndefined();
  expect(vi.getTimerCount()).toBe(0);
});
