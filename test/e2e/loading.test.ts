import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Migration } from "@sampan/sdk";
import { describe, expect, it } from "vitest";
import { writePlan } from "../helpers/plan-file.ts";
import { sampan } from "../helpers/sampan.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

/** Run inside the program: writes down which CommonJS modules it had loaded when it ended, as all of the vendor's are. */
const recorder = `data:text/javascript,${encodeURIComponent(`
  import { createRequire } from "node:module";
  import { writeFileSync } from "node:fs";
  process.on("exit", () => writeFileSync(process.env.LOADED_FILE, Object.keys(createRequire("file:///x.js").cache).join("\\n")));
`)}`;

/** The vendor's packages that a command loaded. */
async function vendorsLoadedBy(args: readonly string[]): Promise<readonly string[]> {
  const folder = await temporaryFolder();
  await writePlan(folder, Migration.from("web-01.vmdk").assess().capture().toVhd().upload("web-images"));
  const LOADED_FILE = join(folder, "loaded");
  const done = await sampan(args, {
    cwd: folder,
    env: { NODE_OPTIONS: `--import=${recorder}`, LOADED_FILE },
  });
  expect(done.exitCode, done.stderr).toBe(0);
  const loaded = await readFile(LOADED_FILE, "utf8");
  return [...new Set(loaded.match(/(?<=node_modules\/)(@alicloud\/[a-z0-9-]+|ali-oss)(?=\/)/g))];
}

describe("the vendor's packages, which take seconds to load", () => {
  it.each([[["whoami"]], [["plan", "plan.json", "--offline"]], [["explain"]], [["runs"]], [[]]])(
    "are loaded by no command that calls no cloud: sampan %j",
    async (args) => {
      expect(await vendorsLoadedBy(args)).toEqual([]);
    },
  );

  it("are loaded by the first that does", async () => {
    expect(await vendorsLoadedBy(["doctor"])).toEqual(
      expect.arrayContaining(["@alicloud/ecs20140526", "ali-oss"]),
    );
  });
});
