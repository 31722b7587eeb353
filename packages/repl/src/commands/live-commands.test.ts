import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Migration } from "@sampan/sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { unpackDemoDisk } from "../demo/demo-disk.ts";
import { type SeemingHost, seemingHost } from "../testing/live-host.ts";
import { runProgram } from "../testing/run-program.ts";

let folder: string;
let machine: SeemingHost;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-live-"));
  await unpackDemoDisk(join(folder, "guest.qcow2"));
});
beforeEach(() => {
  machine = seemingHost(join(folder, "guest.qcow2"), ["left-1"]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function sampan(...argv: string[]) {
  return runProgram(argv, { cwd: folder, openHost: machine.open });
}

const host = "ssh://root@web-01";

describe("commands on a host that runs", () => {
  it("assess it as it runs, holding nothing", async () => {
    const { exitCode, out, err } = await sampan("assess", host, "--json");
    expect(exitCode, err).toBe(3);
    expect(JSON.parse(out)).toMatchObject({ target: host, verdict: "warnings", guest: { family: "debian" } });
    expect(machine.calls).toEqual(["inspect", "close"]);
  });

  it("inspect its disk", async () => {
    const { out } = await sampan("inspect", host);
    expect(out).toMatch(/^disk +ssh:\/\/root@web-01 \/dev\/sda$/m);
    expect(out).toMatch(/^format +raw \(as it runs\)$/m);
    expect(out).toMatch(/^guest +Debian GNU\/Linux 12/m);
    expect(machine.calls).toContain("inspect");
  });

  it("convert its disk at a moment that is held meanwhile and let go afterwards", async () => {
    const { exitCode, out, err } = await sampan("convert", host, "web-01.vhd", "--used-only", "--json");
    expect(exitCode, err).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ source: { path: `${host} /dev/sda`, variant: "as it runs" } });
    expect(machine.calls).toEqual(["hold snapshot", "release", "close"]);
    const disk = await sampan("inspect", "web-01.vhd", "--json");
    expect(JSON.parse(disk.out)).toMatchObject({ guest: { family: "debian", major: 12 } });
  });

  it("let go of the moment also when the conversion fails", async () => {
    await writeFile(join(folder, "taken.vhd"), "something of somebody's");
    const { exitCode } = await sampan("convert", host, "taken.vhd", "--consistency", "freeze");
    expect(exitCode).not.toBe(0);
    expect(machine.calls).toEqual(["hold freeze", "release", "close"]);
    expect(machine.held.size).toBe(0);
  });

  it("show the fix-ups of that moment", async () => {
    const { exitCode, out } = await sampan("patch", host);
    expect(exitCode).toBe(0);
    expect(out).toContain("SELINUX=disabled");
    expect(machine.calls).toContain("hold snapshot");
  });

  it("log in as the options say, and refuse options that say nothing of the kind of host", async () => {
    const password = ["--password-from", "env:SUDO_PASSWORD"];
    await sampan("assess", "ssh://deploy@web-01:2222", "--identity-file", "id", ...password);
    expect(machine.sources).toEqual([
      {
        kind: "ssh",
        host: "web-01",
        user: "deploy",
        port: 2222,
        identityFile: join(folder, "id"),
        passwordFrom: { env: "SUDO_PASSWORD" },
      },
    ]);
    expect((await sampan("assess", "local://", "--identity-file", "id")).err).toContain("--identity-file");
    const wrong = await sampan("assess", host, "--password-from", "secret-word");
    expect(wrong.exitCode).toBe(2);
    expect(wrong.err).not.toContain("secret-word");
    expect((await sampan("assess", host, "--disk", "sdz")).err).toContain("/dev/sda");
    expect((await sampan("assess", host, "data.raw")).exitCode).toBe(2);
  });
});

describe("what is left on hosts", () => {
  it("is removed by gc with the host's address, after asking", async () => {
    expect((await sampan("gc", host)).exitCode).toBe(2);
    expect((await sampan("gc", host, "--dry-run")).out).toBe("would remove LVM snapshot vg0/left-1\n");
    expect(machine.calls).not.toContain("remove left-1");
    const { exitCode, err } = await sampan("gc", host, "--confirm", host);
    expect(exitCode).toBe(0);
    expect(err).toContain("removed LVM snapshot vg0/left-1");
    expect((await sampan("gc", host)).err).toContain("nothing is left");
  });

  it("of a run that ended before it had read everything is listed, and let go by gc with the run's id", async () => {
    await rm(join(folder, ".sampan"), { recursive: true, force: true });
    const plan = Migration.from({ kind: "ssh", host: "web-01", user: "root" })
      .assess()
      .capture({ disks: ["/dev/sda"] })
      .toVhd()
      .upload("live-images", { createBucket: true })
      .plan();
    await writeFile(join(folder, "plan.json"), JSON.stringify(plan));
    const stopped = await sampan("run", "plan.json", "--through", "toVhd");
    expect(stopped.exitCode, stopped.err).toBe(0);
    expect(machine.held.size).toBe(1);
    const there = await sampan("gc", host, "--dry-run", "--json");
    expect(JSON.parse(there.out)).toMatchObject({ held: [{ name: expect.stringMatching(/^LVM snapshot/) }] });
    expect((await sampan("gc", host, "--dry-run")).err).toMatch(
      /held now: LVM snapshot .* of \/dev\/sda, snapshot;/,
    );
    const listed = await sampan("gc");
    expect(listed.out).toMatch(
      /^run \S+ · ssh:\/\/root@web-01\n {2}moment \S+-0 \(LVM snapshot vg0\/\S+-0\)\n$/,
    );
    const id = /^run (\S+)/.exec(listed.out)?.[1] ?? "";
    const { exitCode, err } = await sampan("gc", id, "--confirm", host);
    expect(exitCode, err).toBe(0);
    expect(err).toContain("let go of LVM snapshot");
    expect(machine.held.size).toBe(0);
  });
});
