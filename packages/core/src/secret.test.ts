import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { Secret } from "./secret.ts";

describe("a secret", () => {
  it("prints masked everywhere and is given only when asked for", () => {
    const secret = new Secret("hunter2");
    const printed = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ secret }),
      inspect(secret, { showHidden: true, depth: 9 }),
    ];
    for (const text of printed) expect(text).not.toContain("hunter2");
    expect(secret.reveal()).toBe("hunter2");
  });
});
