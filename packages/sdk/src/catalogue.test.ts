import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  catalogue,
  type MethodEntry,
  namesKinds,
  nextVerbs,
  starts,
  type Verb,
  type VerbEntry,
} from "./catalogue.ts";
import { Migration, outlineOf } from "./index.ts";
import { knownRegions } from "./plan/regions.ts";

describe("what texts of a plan name", () => {
  const entries: readonly (readonly [string, VerbEntry | MethodEntry])[] = [
    ...Object.entries(catalogue),
    ...Object.entries(starts),
  ];

  it.each(entries)("stands at arguments and options that %s has", (_name, entry) => {
    const schema =
      entry.options === undefined ? {} : z.toJSONSchema(entry.options, { unrepresentable: "any" });
    const properties = (schema as { properties?: Record<string, { properties?: object }> }).properties ?? {};
    const options = Object.entries(properties).flatMap(([name, inner]) => [
      name,
      `${name}:`,
      ...Object.keys(inner.properties ?? {}).map((field) => `${name}.${field}`),
    ]);
    const known = new Set([...entry.positional.map((name) => name.replace("...", "")), ...options]);
    expect(Object.keys(entry.names ?? {}).filter((name) => !known.has(name))).toEqual([]);
  });

  it("uses every kind there is", () => {
    const used = new Set(entries.flatMap(([, entry]) => Object.values(entry.names ?? {})));
    expect(namesKinds.filter((kind) => !used.has(kind))).toEqual([]);
  });

  it("knows each region once, by an id that a plan may hold", () => {
    const ids = knownRegions.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const plan = Migration.with({ region: ids[0] ?? "" })
      .from("./web.vmdk")
      .plan();
    expect(plan.context.region).toBe(ids[0]);
    expect(() => catalogue.copyTo.options.parse({ regions: ids })).not.toThrow();
  });
});

describe("the verbs that may come next", () => {
  it("are those the fluent API takes, for every stage of every way through", () => {
    const ways = [
      Migration.from("./web.vmdk"),
      Migration.from("./web.vmdk").assess().prepare(),
      Migration.from("ecs://cn-hangzhou/i-bp1"),
      Migration.from("./web.vmdk")
        .assess()
        .capture()
        .toVhd()
        .upload("web-images")
        .import()
        .copyTo("cn-shanghai"),
    ];
    for (const stage of ways) {
      const outline = outlineOf(stage);
      if (outline === undefined) throw new Error("no stage");
      const next = nextVerbs(outline.stage, outline);
      const taken = (Object.keys(catalogue) as Verb[]).filter((verb) => {
        const call = (stage as unknown as Record<string, ((...args: unknown[]) => unknown) | undefined>)[
          verb
        ];
        const args = verb === "upload" ? ["web-images"] : verb === "copyTo" ? ["cn-beijing"] : [];
        if (verb === "shareWith") args.push("1234567890123456");
        try {
          return call?.apply(stage, args) !== undefined;
        } catch {
          return false;
        }
      });
      expect(next).toEqual(taken);
    }
  });
});

describe("looking at a stage without touching it", () => {
  it("tells its stage, its host and its verbs", () => {
    expect(outlineOf(Migration.from("ssh://root@web-01").assess().prepare())).toEqual({
      stage: "AssessedHost",
      host: "ssh",
      source: "ssh://root@web-01",
      called: ["assess", "prepare"],
    });
  });

  it("tells nothing of what is no stage, and runs none of its code", () => {
    let touched = 0;
    const touch = () => {
      touched++;
      throw new Error("touched");
    };
    const traps = new Proxy({}, { get: () => touch });
    const proxy = new Proxy(Migration.from("./web.vmdk"), traps as ProxyHandler<object>);
    const getters = Object.defineProperty({}, Symbol.for("sampan.stage"), { get: touch });
    for (const value of [proxy, getters, null, "text", () => touch(), {}]) {
      expect(outlineOf(value)).toBeUndefined();
    }
    expect(touched).toBe(0);
  });
});
