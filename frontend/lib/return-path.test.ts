import { expect, it } from "vitest";
import { returnPath } from "./return-path";

it.each(["/en/account", "/en/search?q=a%26b&page=2#hit", "/id/decision?id=1"])("%s is gone back to", (path) => {
  expect(returnPath(path, "/en")).toBe(path);
});

it.each([
  "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "javascript:alert(1)", "/\t/evil.example",
  "/\n/evil.example", "/.//evil.example", "/en/..//evil.example", "en/account", "", null, undefined, `/${"a".repeat(2000)}`,
])("%j is not", (path) => {
  expect(returnPath(path, "/en")).toBe("/en");
});
