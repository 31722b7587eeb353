import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parsePlan } from "@sampan/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sampan } from "../helpers/sampan.ts";

/*
 * That examples type-check is seen by `npm run check`, whose project has them all.
 */

const folder = fileURLToPath(new URL("../../examples", import.meta.url));
const examples = readdirSync(folder).filter((name) => name.endsWith(".migration.ts"));
/** Sources that a rehearsal makes by itself. Of the others a test would have to be the machine; those have tests of their own. */
const rehearsable = /from\("(\.\/\.sampan\/demo\/|ecs:\/\/)/;

describe("the examples", () => {
  let copy: string;

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), "sampan-examples-"));
    for (const name of examples) cpSync(join(folder, name), join(copy, name));
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

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

  it("have nothing that `sampan check` finds", async () => {
    const done = await sampan(["check", "."], { cwd: copy });
    expect(done.stderr + done.stdout).toMatch(
      new RegExp(`^no problems in \\d+ plans? of ${examples.length} files`),
    );
    expect(done.exitCode).toBe(0);
  });

  it.concurrent.each(examples.filter((name) => rehearsable.test(readFileSync(join(folder, name), "utf8"))))(
    "%s is rehearsed to its end",
    async (name) => {
      const home = join(copy, `home-of-${name}`);
      const done = await sampan(["run", name, "--home", home, "--json"], { cwd: copy });
      expect(done.exitCode, done.stdout.slice(-2000) + done.stderr).toBe(0);
      expect(done.lines().at(-1)?.type).toBe("run.finished");
    },
  );
});
