import { expect, it } from "vitest";
import { checkConfigOf } from "./check-config.ts";

it.each([
  'import { defineConfig } from "sampan";\nexport default defineConfig({ rules: { SMP107: "off", SMP101: "error" }, extraRegions: ["cn-neu-1"] });',
  'const rules = { SMP107: "off", SMP101: "error" } as const;\nexport default { rules, extraRegions: ["cn-neu-1", process.env.REGION], cloud: "alibaba" };',
])("reads levels and regions of a configuration that is not run: %s", (text) => {
  expect(checkConfigOf(text)).toEqual({
    levels: { SMP107: "off", SMP101: "error" },
    extraRegions: ["cn-neu-1"],
  });
});

it("takes nothing from what is no configuration", () => {
  for (const text of ["", "export default 1", "export default defineConfig(load())", "(".repeat(30_000)]) {
    const { levels = {}, extraRegions = [] } = checkConfigOf(text);
    expect([levels, extraRegions]).toEqual([{}, []]);
  }
  expect(checkConfigOf('export default { rules: { SMP101: "loud", SMP102: 3 } }').levels).toEqual({});
});
