import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { manifestOf, packageFolders, repositoryFolder } from "./source-files.ts";

interface Workflow {
  readonly permissions: unknown;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly permissions: unknown;
        readonly needs?: readonly string[];
        readonly steps: readonly { readonly run?: string; readonly uses?: string }[];
      }
    >
  >;
}

const workflow = parse(
  readFileSync(join(repositoryFolder, ".github/workflows/release.yml"), "utf8"),
) as Workflow;
const commandsOf = (job: string) => workflow.jobs[job]?.steps.map(({ run = "" }) => run) ?? [];
const commands = commandsOf("publish");

it("publishes with provenance, by an identity and by no token, and gives each job only what it needs", () => {
  expect(workflow.permissions).toEqual({});
  expect(workflow.jobs.check?.permissions).toEqual({ contents: "read" });
  expect(workflow.jobs.build?.permissions).toEqual({ contents: "read" });
  expect(workflow.jobs.publish?.permissions).toEqual({ contents: "read", "id-token": "write" });
  expect(workflow.jobs.release?.permissions).toEqual({ contents: "write" });
  expect(Object.keys(workflow.jobs)).toEqual(["check", "build", "publish", "release"]);
  expect(JSON.stringify(workflow)).not.toMatch(/secrets\.|NPM_TOKEN|NODE_AUTH_TOKEN/);
  const publishing = commands.filter((run) => run.includes("npm publish"));
  expect(publishing).toHaveLength(1);
  expect(publishing[0]).toContain("--provenance");
  expect(publishing[0]).toContain("--ignore-scripts");
});

it("is stopped by a test that fails and by a known weakness, and runs nothing of a dependency where it publishes", () => {
  expect(workflow.jobs.publish?.needs).toEqual(["check", "build"]);
  expect(commandsOf("check")).toContain("bash .ci/run");
  expect(commandsOf("build").join("\n")).toMatch(/npm audit --audit-level=high[\s\S]*build\/sbom\.mjs/);
  expect(workflow.jobs.release?.needs).toEqual(["publish"]);
  const trusted = [...commands, ...commandsOf("release")].join("\n");
  expect([...trusted.matchAll(/\bnpm (\w+)/g)].map(([, command]) => command)).toEqual(["view", "publish"]);
  expect([...trusted.matchAll(/\bnode (\S+)/g)].map(([, option]) => option)).toEqual(["-p"]);
  expect(trusted).not.toMatch(/\b(npx|bash|sh|yarn|pnpm)\b/);
  const foreign = Object.values(workflow.jobs).flatMap(({ steps }) =>
    steps.flatMap(({ uses = "actions/" }) => (uses.startsWith("actions/") ? [] : [uses])),
  );
  expect(foreign).toEqual([]);
});

it("publishes each package by the name under which npm packs it", () => {
  const loop = commands.find((run) => run.includes("npm publish")) ?? "";
  // What is asked of npm is written down instead.
  const script = loop.replace(/if npm view.*\n/, "").replace(/npm publish/, "echo");
  const said = execFileSync("bash", ["-e", "-c", script], { cwd: repositoryFolder, encoding: "utf8" });
  const files = said.split("\n").flatMap((line) => /^\.\/built\/(\S+)/.exec(line)?.[1] ?? []);
  const expected = packageFolders.map((folder) => {
    const { name, version } = manifestOf(folder);
    return `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
  });
  expect([...files].sort()).toEqual([...expected].sort());
});

it("publishes every package, each after those it needs", () => {
  const list = /for name in ([^;]+);/.exec(commands.join("\n"))?.[1]?.split(" ") ?? [];
  expect([...list].sort()).toEqual([...packageFolders].sort());
  const folderOf = new Map(packageFolders.map((folder) => [manifestOf(folder).name, folder]));
  for (const [place, folder] of list.entries()) {
    const needed = Object.keys(manifestOf(folder).dependencies ?? {}).flatMap(
      (name) => folderOf.get(name) ?? [],
    );
    expect(list.slice(0, place)).toEqual(expect.arrayContaining(needed));
  }
});

it("is made ready by one command: one version everywhere, and the changes in the log", async () => {
  const root = await temporaryFolder();
  const manifests = [".", "extension", ...packageFolders.map((folder) => `packages/${folder}`)].map(
    (folder) => join(folder, "package.json"),
  );
  for (const path of [...manifests, "CHANGELOG.md"]) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    cpSync(join(repositoryFolder, path), join(root, path));
  }
  mkdirSync(join(root, "changes"));
  writeFileSync(join(root, "changes/README.md"), "# Changes\n");
  writeFileSync(join(root, "changes/b.md"), "Sampan now sails.\n");
  writeFileSync(join(root, "changes/a.md"), "Sampan now floats.\n");
  const tool = join(repositoryFolder, "build/prepare-release.mjs");
  execFileSync(process.execPath, [tool, "7.8.9", "2027-01-02", root]);

  const log = readFileSync(join(root, "CHANGELOG.md"), "utf8");
  expect(log).toContain("\n\n## 7.8.9, 2027-01-02\n\n- Sampan now floats.\n- Sampan now sails.\n");
  expect(readdirSync(join(root, "changes"))).toEqual(["README.md"]);
  for (const path of manifests) {
    const manifest = JSON.parse(readFileSync(join(root, path), "utf8")) as Record<
      string,
      Record<string, string>
    >;
    expect(manifest.version, path).toBe("7.8.9");
    const asked = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(asked.filter(([name, range]) => /^@?sampan/.test(name) && range !== "7.8.9")).toEqual([]);
  }
});
