import { describe, expect, expectTypeOf, it } from "vitest";
import { type ArgumentsOf, fillMessage, namesIn, translationOf } from "./message.ts";

describe("a message", () => {
  it("is filled with its values; a number brings its noun", () => {
    expect(fillMessage("{a} of {b}", { a: 1, b: "x" })).toBe("1 of x");
    expect(fillMessage("{n:file|files}", { n: 1 })).toBe("1 file");
    expect(fillMessage("{n:file|files}, {n}", { n: 0 })).toBe("0 files, 0");
    expect(fillMessage("{n} 个文件", { n: 3 })).toBe("3 个文件");
    expect(fillMessage("{a}", { a: "{b}", b: "no" })).toBe("{b}");
    expect(fillMessage("{missing} stays")).toBe("{missing} stays");
    expect(namesIn("{b} {a:one|many} {b}")).toEqual(["a", "b"]);
  });

  it("takes just its values, and as numbers where a noun follows", () => {
    expectTypeOf<ArgumentsOf<"plain">>().toEqualTypeOf<[]>();
    expectTypeOf<ArgumentsOf<"{n:file|files}">>().toEqualTypeOf<[values: { readonly n: number }]>();
  });

  it("has a translation with the same keys and placeholders, or none that compiles", () => {
    const original = { a: "{x} of {n:file|files}", b: "plain" } as const;
    const take = translationOf<typeof original>();
    expect(take({ a: "{n} 个中的 {x}", b: "普通" }).b).toBe("普通");
    // @ts-expect-error: {x} is missing
    take({ a: "{n} 个", b: "普通" });
    // @ts-expect-error: there is no {y}
    take({ a: "{n} {x} {y}", b: "普通" });
    // @ts-expect-error: b is missing
    take({ a: "{n} {x}" });
    // @ts-expect-error: there is no c
    take({ a: "{n} {x}", b: "普通", c: "" });
  });
});
