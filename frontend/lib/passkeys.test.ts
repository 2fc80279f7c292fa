import { expect, it } from "vitest";
import { Trouble } from "./api";
import { bytes, refused, text } from "./passkeys";

it.each([[], [0], [255, 255], [251, 239, 190], [0, 1, 2, 3, 250, 251, 252, 253]])("bytes %j come back from base64url", (...content) => {
  const encoded = text(Uint8Array.from(content).buffer);
  expect(encoded).toMatch(/^[A-Za-z0-9_-]*$/);
  expect([...bytes(encoded)]).toEqual(content);
});

it("says what people can do about it where no passkey came of it", () => {
  const said = { declined: "No passkey was used.", held: "It has one already." };
  const told = (name: string) => (refused(new DOMException("", name), said) as Trouble).detail;
  expect(told("NotAllowedError")).toBe(said.declined);
  expect(told("InvalidStateError")).toBe(said.held);
  const other = new Error("offline");
  expect(refused(other, said)).toBe(other);
});
