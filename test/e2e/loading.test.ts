import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Migration } from "@sampan/sdk";
import { describe, expect, it } from "vitest";
import { writePlan } from "../helpers/plan-file.ts";
import { sampan } from "../helpers/sampan.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

/** Run inside the program: writes down which modules are loaded. */
const hooks = `
  import { appendFileSync } from "node:fs";
  export function load(url, context, next) {
    appendFileSync(process.env.LOADED_FILE, url + "\\n");
    return next(url, context);
  }
`;
const asModule = (text: string) => `data:text/javascript,${encodeURIComponent(text)}`;
const recorder = asModule(
  `import { register } from "node:module"; register(${JSON.stringify(asModule(hooks))});`,
);

const cloudDist = new URL("../../packages/cloud/dist/", import.meta.url);

/** File of the built `@sampan/cloud` → the vendor's packages that are in it. */
async function vendorsByFile(): Promise<ReadonlyMap<string, readonly string[]>> {
  const { outputs } = JSON.parse(await readFile(new URL("metafile-esm.json", cloudDist), "utf8")) as {
    outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }>;
  };
  return new Map(
    Object.entries(outputs).map(([file, { inputs }]) => {
      const used = Object.keys(inputs).filter((input) => (inputs[input]?.bytesInOutput ?? 0) > 0);
      const found = used.join("\n").match(/(?<=node_modules\/)(@alicloud\/[a-z0-9-]+|ali-oss)(?=\/)/g);
      return [file.slice(file.lastIndexOf("/") + 1), [...new Set(found)]];
    }),
  );
}

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
  const loaded = (await readFile(LOADED_FILE, "utf8")).split("\n");
  const vendors = await vendorsByFile();
  return [
    ...new Set(
      loaded
        .filter((url) => url.startsWith(cloudDist.href))
        .flatMap((url) => vendors.get(url.slice(url.lastIndexOf("/") + 1)) ?? []),
    ),
  ];
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
