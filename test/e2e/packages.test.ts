import { readdirSync, readFileSync, statSync } from "node:fs";
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodeOfVersion, promisedVersions } from "../helpers/node-versions.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const plan = "first-migration.migration.ts";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly engines?: { readonly node?: string };
  readonly repository?: { readonly directory?: string };
  readonly exports: Readonly<Record<string, unknown>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
}

const readManifest = (file: string) => JSON.parse(readFileSync(file, "utf8")) as Manifest;
const manifests = readdirSync(join(repository, "packages")).map((folder) => ({
  folder,
  manifest: readManifest(join(repository, "packages", folder, "package.json")),
}));

/** What people import: the suites for one's own implementations of a port want vitest besides. */
const specifiers = manifests.flatMap(({ manifest }) =>
  Object.keys(manifest.exports)
    .filter((subpath) => !subpath.endsWith(".json") && subpath !== "./testing")
    .map((subpath) => manifest.name + subpath.slice(1)),
);

/** What npm says of a package that it packed. */
interface Packed {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

const nodes = promisedVersions.flatMap((major) => {
  const program = nodeOfVersion(major);
  return program === null ? [] : [{ major, program }];
});

let folder: string;
let project: string;
let packed: readonly Packed[];

/** Packs every package, and installs them into an empty project: what is not ours comes from npm's cache, or the registry. */
beforeAll(async () => {
  folder = await makeFolder();
  project = join(folder, "project");
  await mkdir(project);
  const workspaces = manifests.flatMap(({ manifest }) => ["--workspace", manifest.name]);
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder, ...workspaces];
  const { stdout } = await execa("npm", args, { cwd: repository });
  // From npm 12 on an object by name.
  packed = Object.values(JSON.parse(stdout) as Record<string, Packed>);
  const dependencies = Object.fromEntries(
    packed.map(({ name, filename }) => [name, `file:${join(folder, filename)}`]),
  );
  await writeFile(
    join(project, "package.json"),
    JSON.stringify({ private: true, type: "module", dependencies }),
  );
  await execa("npm", ["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: project,
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Starts Node in the project, without what the tests were started with. */
function node(program: string, args: readonly string[], cwd = project) {
  const { PATH = "" } = process.env;
  const env = { PATH, HOME: folder };
  return execa(program, args, { cwd, env, extendEnv: false, reject: false, stdin: "ignore" });
}

describe.each(manifests)("the package in packages/$folder", ({ folder: name, manifest }) => {
  it("says under which licence it is, where it comes from, and on which Node it runs", () => {
    expect(manifest).toMatchObject({
      license: "MIT",
      engines: { node: ">=20.19" },
      repository: { directory: `packages/${name}` },
    });
  });

  it("runs nothing when it is installed", () => {
    expect(manifest.scripts).toBeUndefined();
  });

  it("holds code, declarations and manuals, and neither sources, tests nor maps", () => {
    const paths = packed.find((one) => one.name === manifest.name)?.files.map(({ path }) => path) ?? [];
    expect(paths).toEqual(expect.arrayContaining(["package.json", "README.md", "LICENSE", "dist/index.js"]));
    const meant = [
      /^(package\.json|README\.md|LICENSE)$/,
      /^dist\/THIRD-PARTY-NOTICES\.txt$/,
      /^dist\/.+(\.js|(?<!\.test)\.d\.ts)$/,
      /^docs\/.+\.md$/,
      /^docs\/pictures\/.+\.svg$/,
      /^(bin\/.+\.mjs|assets\/.+\.gz|schema\/.+\.json)$/,
    ];
    expect(paths.filter((path) => !meant.some((pattern) => pattern.test(path)))).toEqual([]);
    // Makers of broken images and the like are for the suites that a package offers, and for nobody else.
    const offersSuites = "./testing" in manifest.exports;
    expect(paths.filter((path) => path.includes("/testing/") && !offersSuites)).toEqual([]);
  });

  it("names no path of the machine it was built on", () => {
    const installed = join(project, "node_modules", manifest.name);
    const paths = packed.find((one) => one.name === manifest.name)?.files ?? [];
    const telling = paths.filter(({ path }) => readFileSync(join(installed, path)).includes(repository));
    expect(telling).toEqual([]);
  });
});

describe("an installed sampan", () => {
  it("has less than 60 MB, and no package of it runs a script when it is installed", () => {
    const installed = filesBelow(join(project, "node_modules"));
    const sizeBytes = installed.reduce((sum, file) => sum + statSync(file).size, 0);
    expect(sizeBytes).toBeLessThan(60_000_000);
    const installedManifests = installed.filter((file) =>
      /node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(file),
    );
    const readme = readFileSync(join(repository, "packages/repl/README.md"), "utf8");
    const [, count, megabytes] = /brings (\d+) packages with (\d+) MB/.exec(readme) ?? [];
    expect(installedManifests.length).toBe(Number(count));
    // Versions of others come and go.
    expect(Math.abs(sizeBytes / 1e6 - Number(megabytes))).toBeLessThan(5);
    const scripts = installedManifests
      .map(readManifest)
      .filter(({ scripts: all = {} }) => ["preinstall", "install", "postinstall"].some((name) => name in all))
      .map(({ name }) => name);
    expect(scripts).toEqual([]);
  });

  it("has types that a strict compiler takes as they are, and the example with them", async () => {
    await copyFile(join(repository, "examples", plan), join(project, plan));
    // The engine's types are of BullMQ's, which whoever imports it has installed (packages/fleet/package.json: peerDependencies).
    const withoutPeers = specifiers.filter((name) => name !== "@sampan/fleet/engine");
    const imports = withoutPeers.map((name, index) => `export * as n${index} from "${name}";`);
    await writeFile(join(project, "all.ts"), imports.join("\n"));
    const compilerOptions = {
      noEmit: true,
      strict: true,
      module: "nodenext",
      target: "es2022",
      lib: ["es2023", "esnext.disposable"],
      types: ["node"],
      typeRoots: [join(repository, "node_modules/@types")],
    };
    await writeFile(
      join(project, "tsconfig.json"),
      JSON.stringify({ compilerOptions, files: ["all.ts", plan] }),
    );
    const compiled = await node(process.execPath, [
      join(repository, "node_modules/typescript/bin/tsc"),
      "-p",
      ".",
    ]);
    expect(compiled.stdout).toBe("");
  });

  describe.each(nodes)("on Node $major", ({ major, program }) => {
    it("gives something at each entry point", async () => {
      const script = `
        for (const name of ${JSON.stringify(specifiers)}) {
          const found = Object.keys(await import(name));
          if (found.length === 0) throw new Error(name + " exports nothing");
        }
        console.log("imported");`;
      const done = await node(program, ["--input-type=module", "-e", script]);
      expect([done.stdout, done.stderr]).toEqual(["imported", ""]);
    });

    it("runs its program: the version, and the first example", async () => {
      const sampan = join(project, "node_modules/sampan/bin/sampan.mjs");
      const told = await node(program, [sampan, "--version"]);
      expect(told.stdout).toBe(readManifest(join(repository, "packages/repl/package.json")).version);
      const cwd = join(project, `node-${major}`);
      await mkdir(cwd);
      await copyFile(join(repository, "examples", plan), join(cwd, plan));
      const run = await node(program, [sampan, "run", plan, "--json"], cwd);
      expect(run.exitCode, run.stderr).toBe(0);
      const last = JSON.parse(run.stdout.split("\n").at(-1) ?? "") as { readonly type: string };
      expect(last.type).toBe("run.finished");
    });
  });
});

function filesBelow(below: string): readonly string[] {
  return readdirSync(below, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
