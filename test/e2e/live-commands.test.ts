import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type NamespaceHost,
  namespaceHostTools,
  startNamespaceHost,
} from "../helpers/live-host/namespace-host.ts";
import { lacks } from "../helpers/requires.ts";
import { sampan } from "../helpers/sampan.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";

describe.skipIf(lacks("root", ...namespaceHostTools))("the program on a host that runs", () => {
  let host: NamespaceHost;
  let cwd: string;
  beforeAll(async () => {
    cwd = await makeFolder();
    host = await startNamespaceHost();
  });
  afterAll(async () => {
    await host?.stop();
    await rm(cwd, { recursive: true, force: true });
  });

  const address = "ssh://root@bed";
  const login = () => ["--ssh-config", host.configFile];

  it("assesses it by its address", async () => {
    const done = await sampan(["assess", address, ...login(), "--json"], { cwd });
    // One warning and no blocker: its fstab names its root by a device that ECS calls otherwise.
    expect(done.exitCode, done.stdout + done.stderr).toBe(3);
    expect(done.json()).toMatchObject({ target: address, guest: { type: "linux", family: "debian" } });
    const { findings } = done.json<{ findings: readonly { rule: string; severity: string }[] }>();
    expect(findings.filter(({ severity }) => severity === "warning")).toMatchObject([
      { rule: "GUESTOS.Fstab" },
    ]);
  });

  it("says which choices there are where no snapshot can be made, and changes nothing", async () => {
    const done = await sampan(["convert", address, "none.vhd", ...login(), "--json"], { cwd });
    expect(done.exitCode).toBe(1);
    expect(done.json()).toMatchObject({ code: "HOST_SNAPSHOT_IMPOSSIBLE" });
    expect(done.stdout).toContain("freeze");
  });

  it("reads its disk while it stands still, and lets it go on", async () => {
    await host.say("echo written before > /root/note");
    const convert = ["convert", address, "web-01.vhd", ...login(), "--consistency", "freeze", "--used-only"];
    const done = await sampan([...convert, "--json"], { cwd });
    expect(done.exitCode, done.stdout + done.stderr).toBe(0);
    expect(await host.isFrozen()).toBe(false);
    const image = await sampan(["inspect", "web-01.vhd", "--json"], { cwd });
    expect(image.json()).toMatchObject({ format: "vhd", guest: { family: "debian" } });
  });

  it("finds nothing left there afterwards", async () => {
    const done = await sampan(["gc", address, ...login()], { cwd });
    expect(done.exitCode, done.stderr).toBe(0);
    expect(done.stderr).toContain("nothing is left");
  });

  it("rehearses the example of a live server, frozen for want of logical volumes", async () => {
    const source = JSON.stringify({ kind: "ssh", host: "bed", user: "root", configFile: host.configFile });
    const path = new URL("../../examples/move-a-live-server.migration.ts", import.meta.url);
    const example = (await readFile(path, "utf8"))
      .replace('"ssh://root@web-01"', source)
      .replace('consistency: "snapshot"', 'consistency: "freeze"');
    await writeFile(join(cwd, "plan.migration.ts"), example);
    const done = await sampan(["run", "plan.migration.ts", "--json"], { cwd });
    // A run that is complete ends with 0, whatever its assessment warned of.
    expect(done.exitCode, done.stderr + done.stdout.slice(-2000)).toBe(0);
    expect(done.events("run.finished")[0]?.result).toMatchObject({
      complete: true,
      disks: [{ name: "/dev/vda", consistency: "freeze" }],
      images: [{ name: "web-01", status: "Available" }],
    });
    expect(done.events("stage.started").map(({ stage }) => stage)).toContain("release");
    expect(await host.isFrozen()).toBe(false);
  });
});
