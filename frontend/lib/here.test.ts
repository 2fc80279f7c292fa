import { expect, test } from "vitest";
import { isHere } from "./here";

const here = (link: string, at: string) => {
  const [path = "", query] = at.split("?");
  return isHere(link, path, new URLSearchParams(query));
};

test("a list is here with any filters, and no other whose name begins alike", () => {
  expect(here("/en/rows?of=posts", "/en/rows?search=a&of=posts")).toBe(true);
  expect(here("/en/rows?of=post", "/en/rows?of=posts")).toBe(false);
  expect(here("/en/rows?of=posts", "/en/rows")).toBe(false);
});

test("a page is here, and what is below it", () => {
  expect(here("/en/books", "/en/books?q=a")).toBe(true);
  expect(here("/en/books", "/en/books/new")).toBe(true);
  expect(here("/en/books", "/en/bookshelf")).toBe(false);
});

test("the first page is only where it is", () => {
  expect(here("/en", "/en")).toBe(true);
  expect(here("/en", "/en/rows")).toBe(false);
});
