import { describe, expect, test } from "vitest";
import { actorOf } from "./actor";

const WORDS = { service: "the service itself", stranger: "nobody signed in" };
const NOBODY = { user_id: null, username: null, endpoint: null, ip_address: null };

describe("actorOf", () => {
  test("is a name, or an id that has none any more", () => {
    expect(actorOf({ ...NOBODY, user_id: "01", username: "ani" }, WORDS)).toBe("ani");
    expect(actorOf({ ...NOBODY, user_id: "01", endpoint: "/api/v1/login" }, WORDS)).toBe("01");
  });
  test("is a stranger where there was a request, and the service where there was none", () => {
    expect(actorOf({ ...NOBODY, endpoint: "/api/v1/login" }, WORDS)).toBe("nobody signed in");
    expect(actorOf({ ...NOBODY, ip_address: "192.0.2.1" }, WORDS)).toBe("nobody signed in");
    expect(actorOf(NOBODY, WORDS)).toBe("the service itself");
  });
});
