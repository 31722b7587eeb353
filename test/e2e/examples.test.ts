import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parsePlan } from "@sampan/sdk";
import { describe, expect, it } from "vitest";
import { sampan } from "../helpers/sampan.ts";

const folder = fileURLToPath(new URL("../../examples", import.meta.url));
const examples = readdirSync(folder).filter((name) => name.endsWith(".migration.ts"));

describe("the examples", () => {
  it("are there", () => {
    expect(examples).toContain("first-migration.migration.ts");
  });

  it.each(examples)("%s is a plan that the program takes", async (name) => {
    const done = await sampan(["run", name, "--dry-run", "--json"], { cwd: folder });
    expect(done.exitCode, done.stderr).toBe(0);
    const plans = [done.json()].flat();
    expect(plans.length).toBeGreaterThan(0);
    for (const plan of plans) expect(parsePlan(plan).steps.length).toBeGreaterThan(0);
  });
});
