import { expect, test } from "vitest";
import { isId, samePage, tenantPath } from "./tenant-sections";

const ID = "01a22624-739b-77be-a480-fe376df36d98";

test("an address names the team, and what else it is about", () => {
  expect(tenantPath(ID)).toBe(`/tenant?id=${ID}`);
  expect(tenantPath(ID, "/member", { user: "u" })).toBe(`/tenant/member?id=${ID}&user=u`);
});

test("what is no id is none", () => {
  expect(isId(ID)).toBe(true);
  for (const text of ["", "x", `${ID}0`, `/${ID}`, ID.replaceAll("-", "")]) expect(isId(text)).toBe(false);
});

test("another team is opened at the same page, or at the list that a page of one thing belongs to", () => {
  expect(samePage("/en/tenant/members", ID)).toBe(tenantPath(ID, "/members"));
  expect(samePage("/ar/tenant", ID)).toBe(tenantPath(ID));
  expect(samePage("/en/tenant/member", ID)).toBe(tenantPath(ID, "/members"));
  expect(samePage("/en/tenant/invite", ID)).toBe(tenantPath(ID, "/invitations"));
  for (const elsewhere of ["/en/search", "/en/tenants", "/en"]) expect(samePage(elsewhere, ID)).toBe(tenantPath(ID));
});
