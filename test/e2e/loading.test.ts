import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Migration } from "@sampan/sdk";
import { describe, expect, it } from "vitest";
import { writePlan } from "../helpers/plan-file.ts";
import { lacks } from "../helpers/requires.ts";
import { sampan, sampanProgram } from "../helpers/sampan.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { inTerminal, terminalTools } from "../helpers/terminal.ts";

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
  return vendorsOf(await readFile(LOADED_FILE, "utf8"));
}

/** The vendor's packages in what was loaded, a URL a line. */
async function vendorsOf(loaded: string): Promise<readonly string[]> {
  const vendors = await vendorsByFile();
  const files = loaded.split("\n").filter((url) => url.startsWith(cloudDist.href));
  return [...new Set(files.flatMap((url) => vendors.get(url.slice(url.lastIndexOf("/") + 1)) ?? []))];
}

describe("the vendor's packages, which take seconds to load", () => {
  it.each([[["whoami"]], [["plan", "plan.json", "--offline"]], [["explain"]], [["runs"]], [[]]])(
    "are loaded by no command that calls no cloud: sampan %j",
    async (args) => {
      expect(await vendorsLoadedBy(args)).toEqual([]);
    },
  );

  it.skipIf(lacks(...terminalTools))(
    "are not loaded when the prompt of the shell is there, but by its first query",
    async () => {
      const cwd = await temporaryFolder();
      const LOADED_FILE = join(cwd, "loaded");
      const env = { NODE_OPTIONS: `--import=${recorder}`, LOADED_FILE };
      const session = async (...lines: readonly string[]) => {
        const typing = [...lines, ":quit"].map((line) => ({ until: /cn-hangzhou> /, text: `${line}\r` }));
        const { exitCode, screen } = await inTerminal([process.execPath, sampanProgram], {
          cwd,
          env,
          typing,
        });
        expect(exitCode, screen).toBe(0);
        return readFile(LOADED_FILE, "utf8");
      };
      const atPrompt = await session();
      expect(atPrompt).toContain("/packages/repl/dist/");
      expect(await vendorsOf(atPrompt)).toEqual([]);
      expect(await vendorsOf(await session("images()"))).toContain("@alicloud/ecs20140526");
    },
  );

  it("are loaded by the first that does", async () => {
    expect(await vendorsLoadedBy(["doctor"])).toEqual(
      expect.arrayContaining(["@alicloud/ecs20140526", "ali-oss"]),
    );
  });
});
