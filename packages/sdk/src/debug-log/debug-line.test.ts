import { describe, expect, it } from "vitest";
import { debugLine } from "./debug-line.ts";

const at = new Date("2026-11-27T01:02:03.456Z");
const lineOf = (facts: Record<string, unknown>, secrets: readonly string[] = []): string =>
  debugLine(at, 4711, { area: "http", message: "request", facts }, secrets);
const start = "2026-11-27T01:02:03.456Z 4711 http request";

describe("a line of the debug log", () => {
  it("is time, process, area, message, and facts by name", () => {
    const facts = { method: "GET", tookMs: 12, isThere: false, left: undefined, none: null, list: ["a b"] };
    expect(lineOf(facts)).toBe(`${start} method=GET tookMs=12 isThere=false none=null list=["a b"]`);
  });

  it("stays one line, and steers no terminal, whatever is in it", () => {
    const line = lineOf({
      said: "one\ntwo\r\u001b[31m\u009b2J\u2028three\u202e",
      empty: "",
      quoted: 'a"b=c',
    });
    expect(line).toBe(
      `${start} said="one\\ntwo\\r\\u001b[31m\\u009b2J\\u2028three\\u202e" empty="" quoted="a\\"b=c"`,
    );
  });

  it("has no secret, by its form, its name, or the environment", () => {
    const line = lineOf(
      {
        said: 'password = "hunter2hunter2" of LTAI5tExampleExample9f2c, given as known-to-variables',
        url: "redis://ann:sesame-street@store:6379/0?token=abcdef",
        argv: ["--key", "abcdefghijklmnopqrstuvwxyz0123"],
        cookie: "Bearer abcdefghijkl",
      },
      ["known-to-variables"],
    );
    expect(line).not.toMatch(/hunter2|LTAI5t|known-to|sesame|abcdef/);
    expect(line).toContain("redis://ann:******@store:6379/0");
  });

  it("has none in lists and objects either, where quotes are escaped", () => {
    const said = `password = "hunter2hunter2", new Secret('hunter2hunter2'), "abcdefghij0123456789ABCDEFGHIJ", {"token":"sesame"}`;
    const line = lineOf({
      argv: ["sampan", "-e", said],
      details: { said, deeper: [{ message: said, token: "sesame-street" }] },
      error: { type: "error", message: said },
    });
    expect(line).not.toMatch(/hunter2|abcdefghij|sesame/);
    expect(line).toContain("******");
  });

  it("has no query of an address, and nothing that is set to a name which says secret", () => {
    const line = lineOf({
      argv: ["inspect", "https://h.example/d.vhd?sv=1&sig=hunter2&x=hunter2#hunter2"],
      error: "psql: host=h password=ab;hunter2 dbname=x security-token: hunter2",
    });
    expect(line).not.toContain("hunter2");
    expect(line).toContain('argv=["inspect","https://h.example/d.vhd?…"]');
    expect(line).toContain("host=h password=****** dbname=x");
  });

  it("is bounded, and shows no half of a secret where it is cut", () => {
    const key = "LTAI5tExampleExample9f2c";
    const line = lineOf({ said: `${"x".repeat(1_990)} ${key} ${"y".repeat(100_000)}` });
    expect(line.length).toBeLessThan(2_200);
    expect(line).not.toContain("LTAI");
  });
});
