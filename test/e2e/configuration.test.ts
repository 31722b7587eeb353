import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readSourceFiles } from "../architecture/source-files.ts";
import { sampan } from "../helpers/sampan.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const plan = `import { Migration } from "sampan";
export default Migration.from("./web-01.img").assess();
`;

/** A project with a folder of plans in it. */
async function project(config: string) {
  const top = await temporaryFolder();
  const cwd = join(top, "plans");
  await mkdir(join(top, ".git"));
  await mkdir(cwd);
  await writeFile(join(top, "sampan.config.ts"), config);
  await writeFile(join(cwd, "web.migration.ts"), plan);
  const env = { HOME: await temporaryFolder(), SAMPAN_HOME: "", ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true" };
  return { top, cwd, env };
}

const data = `import { defineConfig } from "sampan";

export default defineConfig({
  home: "./state",
  region: "cn-shanghai",
  parallel: 2,
});
`;

describe("configuration", () => {
  it("is shown with the line of each setting, and moves the runs of every command", async () => {
    const { top, cwd, env } = await project(data);
    const shown = await sampan(["config", "--json"], { cwd, env });
    const { settings } = shown.json<{
      settings: readonly { name: string; value: unknown; origin: object }[];
    }>();
    const file = join(top, "sampan.config.ts");
    expect(settings.find(({ name }) => name === "region")).toMatchObject({
      value: "cn-shanghai",
      origin: { kind: "project", name: file, line: 5 },
    });
    expect((await sampan(["config", "region"], { cwd, env })).stdout.trim()).toBe("cn-shanghai");
    const home = await sampan(["config", "home", "--explain"], {
      cwd,
      env: { ...env, SAMPAN_HOME: "/elsewhere" },
    });
    expect(home.stdout).toContain("home = /elsewhere\n  from      variable SAMPAN_HOME");
    expect(home.stdout).toContain(`overrode  ${join(top, "state")}, from ${file}:4`);

    const identity = await sampan(["whoami", "--json"], { cwd, env });
    expect(identity.exitCode).toBe(0);
    expect(await readdir(join(top, "state"))).toContain("simulator");
    expect(await readdir(cwd)).toEqual(["web.migration.ts"]);
  });

  it("holds for what the shell evaluates as for commands", async () => {
    const { cwd, env, top } = await project(data);
    const code = 'process.env.SAMPAN_HOME + " " + process.env.ALIBABA_CLOUD_REGION_ID';
    const settled = await sampan(["-e", code, "--json"], { cwd, env });
    expect(settled.json()).toBe(`${join(top, "state")} cn-shanghai`);
    const without = await sampan(["-e", code, "--json", "--no-config"], { cwd, env });
    expect(without.json()).toBe(" undefined");
    const names = await sampan(["names", "--refresh", "--json"], {
      cwd,
      env: { ...env, SAMPAN_CACHE: join(top, "cache") },
    });
    expect(names.exitCode).toBe(0);
    expect(await readdir(join(top, "state"))).toContain("simulator");
  });

  it("gives its profile and region to a real account, with where they stand, unless it is left out", async () => {
    const { top, cwd, env } = await project('export default { cloud: "alibaba", profile: "ops" };\n');
    const profiles = {
      current: "ops",
      profiles: [{ name: "other", mode: "AK", access_key_id: "x", access_key_secret: "y" }],
    };
    await mkdir(join(env.HOME, ".aliyun"));
    await writeFile(join(env.HOME, ".aliyun", "config.json"), JSON.stringify(profiles), { mode: 0o600 });
    const refused = await sampan(["whoami"], { cwd, env });
    expect(refused.exitCode).toBe(4);
    expect(refused.stderr).toContain("ops");
    expect(refused.stderr).toContain(`${join(top, "sampan.config.ts")}:1`);
    const without = await sampan(["whoami", "--no-config", "--json"], { cwd, env });
    expect(without.json()).toMatchObject({ cloud: "simulator", rehearsal: true });
  });

  it("runs a file that computes only where plans are run", async () => {
    const { cwd, env, top } = await project(
      'import { writeFileSync } from "node:fs";\nwriteFileSync(new URL("ran", import.meta.url), "");\nexport default { parallel: 1 + 2 };\n',
    );
    const { existsSync } = await import("node:fs");
    for (const args of [["whoami"], ["runs"], ["config"], ["config", "--json"]]) {
      const { stderr, exitCode } = await sampan(args, { cwd, env });
      expect({ args, exitCode }).toEqual({ args, exitCode: 0 });
      expect(stderr).toContain("computes its settings");
    }
    expect(
      (await sampan(["plan", "web.migration.ts", "--offline", "--no-config"], { cwd, env })).exitCode,
    ).toBe(0);
    expect(existsSync(join(top, "ran"))).toBe(false);
    const executed = await sampan(["config", "parallel", "--execute"], { cwd, env });
    expect(executed.stdout.trim()).toBe("3");
    expect(existsSync(join(top, "ran"))).toBe(true);
    expect((await sampan(["plan", "web.migration.ts"], { cwd, env })).stderr).not.toContain("computes");
  });

  it("refuses secrets and unknown keys with exit code 2, and repeats no value", async () => {
    const secret = await project('export default {\n  accessKeySecret: "c4nary",\n};\n');
    for (const args of [["config"], ["run", "web.migration.ts"], ["whoami", "--json"]]) {
      const { exitCode, stdout, stderr } = await sampan(args, secret);
      expect(exitCode).toBe(2);
      expect(stdout + stderr).toContain("CONFIG_SECRET_REFUSED");
      expect(stdout + stderr).toContain("sampan.config.ts:2");
      expect(stdout + stderr).not.toContain("c4nary");
    }
    const { stderr } = await sampan(["config"], await project("export default { paralel: 3 };\n"));
    expect(stderr).toContain("Did you mean parallel?");
    expect((await sampan(["config", "regoin"], await project("{}"))).stderr).toContain(
      "Did you mean region?",
    );
  });

  it("has every variable that the sources look at among those help tells of", async () => {
    const looked = readSourceFiles()
      .filter(({ path, isTest }) => !isTest && !/\/(testing|simulator)\//.test(path))
      .flatMap(
        ({ text }) =>
          text.match(/(?<=["'`.])(SAMPAN|ALIBABA_CLOUD|ALIBABACLOUD|ALICLOUD)_[A-Z0-9_]+(?=["'`\s),;|])/g) ??
          [],
      );
    const { stdout } = await sampan(["help", "environment"], { cwd: await temporaryFolder() });
    const told = new Set(stdout.match(/[A-Z][A-Z0-9_]+/g));
    expect(looked).toContain("SAMPAN_HOME");
    expect([...new Set(looked)].filter((name) => !told.has(name))).toEqual([]);
  });

  it("is told by topics of help", async () => {
    const cwd = await temporaryFolder();
    expect((await sampan(["help", "environment"], { cwd })).stdout).toContain("SAMPAN_BANDWIDTH");
    expect((await sampan(["help", "exit-codes"], { cwd })).stdout).toContain("130  cancelled");
    expect((await sampan(["--help"], { cwd })).stdout).toContain("sampan help environment");
  });
});
