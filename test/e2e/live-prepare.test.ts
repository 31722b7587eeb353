import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Migration } from "@sampan/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type NamespaceHost,
  namespaceHostTools,
  startNamespaceHost,
} from "../helpers/live-host/namespace-host.ts";
import { lacks } from "../helpers/requires.ts";
import { sampan } from "../helpers/sampan.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";

const mounted = "filer:/export /mnt/filer nfs rw 0 0";
const comment = `# not on the migrated disk: ${mounted}`;

describe.skipIf(lacks("root", ...namespaceHostTools))("preparing a host that runs, by SSH", () => {
  let host: NamespaceHost;
  let cwd: string;
  let before: string;
  beforeAll(async () => {
    cwd = await makeFolder();
    host = await startNamespaceHost();
    await host.say(`echo '${mounted}' >> /etc/fstab`);
    before = await host.say("cat /etc/fstab");
  });
  afterAll(async () => {
    await host?.stop();
    await rm(cwd, { recursive: true, force: true });
  });

  const fstab = () => host.say("cat /etc/fstab");
  const prepare = (...more: string[]) =>
    sampan(["prepare", "ssh://root@bed", "--ssh-config", host.configFile, ...more], { cwd });

  it("shows what would be changed, and changes nothing before it is told to", async () => {
    const shown = await prepare("--dry-run");
    expect(shown.exitCode, shown.stderr).toBe(0);
    expect(shown.stdout).toContain(`+${comment}`);
    const refused = await prepare();
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain("COMMAND_CONFIRMATION_NEEDED");
    expect(await fstab()).toBe(before);
    expect(await host.say("ls /var/lib/sampan 2>&1 || true")).toContain("No such file");
  });

  it("changes it, finds nothing to do the second time, and takes it back", async () => {
    const done = await prepare("--confirm", "ssh://root@bed", "--json");
    expect(done.exitCode, done.stdout).toBe(0);
    const { id, undo } = done.json() as { id: string; undo: string };
    expect(await fstab()).toContain(comment);
    expect(undo).toBe(`sh /var/lib/sampan/undo-${id}.sh`);
    expect((await prepare("--json")).json()).toMatchObject({ changes: [], id: null });
    const undone = await prepare("--undo", "--yes", "--json");
    expect(undone.json()).toMatchObject({ id, kept: [] });
    expect(await fstab()).toBe(before);
  });

  it("is what a plan does before it reads the disk, whose copy is then as the host is", async () => {
    const plan = Migration.from({ kind: "ssh", host: "bed", user: "root", configFile: host.configFile })
      .assess()
      .prepare({ on: "host", confirm: true })
      .capture({ consistency: "freeze" })
      .plan();
    await writeFile(join(cwd, "plan.json"), JSON.stringify(plan));
    expect((await sampan(["run", "plan.json", "--json"], { cwd })).exitCode).toBe(2);
    expect(await fstab()).toBe(before);

    const done = await sampan(["run", "plan.json", "--json", "--confirm", "ssh://root@bed"], { cwd });
    expect(done.exitCode, done.stdout.slice(-2000)).toBeLessThanOrEqual(3);
    const result = done.events("run.finished")[0]?.result as { prepared: { undo: string } };
    expect(result).toMatchObject({ prepared: { changes: expect.arrayContaining(["modify /etc/fstab"]) } });
    expect(await fstab()).toContain(comment);
    expect(done.events("stage.started").map(({ stage }) => stage)).toEqual([
      "select",
      "assess",
      "prepare:host",
      "hold",
      "capture",
      "release",
    ]);
    // What the result says is enough for somebody who has no Sampan.
    await host.say(result.prepared.undo);
    expect(await fstab()).toBe(before);
  });
});
