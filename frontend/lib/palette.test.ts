import { expect, test } from "vitest";
import { fold, found, rank, type Option } from "./palette";

const option = (group: string, name: string, more: Partial<Option> = {}): Option => ({ id: name, group, name, ...more });
const OPTIONS = [
  option("Pages", "Account"),
  option("Pages", "Devices", { also: "Account" }),
  option("Teams", "José's team"),
  option("Theme", "Dark"),
  option("Search", "Search decisions", { always: true }),
];
const names = (typed: string) => found(OPTIONS, typed).flatMap(({ options }) => options.map(({ name }) => name));

test("capitals and marks make no difference", () => {
  expect(fold("JOSÉ Nguyễn")).toBe("jose nguyen");
  expect(names("jose")).toEqual(["José's team", "Search decisions"]);
});

test("what begins so comes before what has it somewhere", () => {
  expect(names("account")).toEqual(["Account", "Devices", "Search decisions"]);
  expect(rank(option("Teams", "Old team"), "team")).toBe(1);
  expect(rank(option("Teams", "Steam"), "team")).toBe(2);
});

test("every word has to be there, in any order", () => {
  expect(names("dark theme")).toEqual(["Dark", "Search decisions"]);
  expect(names("dark account")).toEqual(["Search decisions"]);
});

test("with nothing typed everything is there, as it came, in its groups", () => {
  expect(names("  ")).toEqual(OPTIONS.map(({ name }) => name));
  expect(found(OPTIONS, "").map(({ name }) => name)).toEqual(["Pages", "Teams", "Theme", "Search"]);
});
