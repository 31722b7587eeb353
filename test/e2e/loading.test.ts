import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Migration } from "@sampan/sdk";
import { describe, expect, it } from "vitest";
import { loadedVendors, recordedLoading } from "../helpers/loaded-vendors.ts";
import { writePlan } from "../helpers/plan-file.ts";
import { sampan } from "../helpers/sampan.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

/** The vendor's packages that a command loaded. */
async function vendorsLoadedBy(args: readonly string[]): Promise<readonly string[]> {
  const folder = await temporaryFolder();
  await writePlan(folder, Migration.from("web-01.vmdk").assess().capture().toVhd().upload("web-images"));
  const file = join(folder, "loaded");
  const done = await sampan(args, {
    cwd: folder,
    env: recordedLoading(file),
  });
  expect(done.exitCode, done.stderr).toBe(0);
  return loadedVendors(await readFile(file, "utf8"));
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
