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
  folder = await mkdtemp(join(tmpdir(), "sampan-prepare-"));
  await unpackDemoDisk(join(folder, "guest.qcow2"));
});
beforeEach(async () => {
  machine = seemingHost(join(folder, "guest.qcow2"));
  await rm(join(folder, ".sampan"), { recursive: true, force: true });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function sampan(...argv: string[]) {
  return runProgram(argv, { cwd: folder, openHost: machine.open });
}

const host = "ssh://root@web-01";

describe("sampan prepare", () => {
  it("shows what it would change and does nothing in a dry run", async () => {
    const { exitCode, out, err } = await sampan("prepare", host, "--dry-run");
    expect(exitCode, err).toBe(0);
    expect(out).toContain("+SELINUX=disabled");
    expect(err).toContain("modify /etc/selinux/config, by selinux");
    expect(err).toContain("fix-up mounts: /var stays");
    expect(machine.calls).toEqual(["close"]);
  });

  it("asks before it changes the host, and is refused where nobody can answer", async () => {
    const { exitCode, err } = await sampan("prepare", host);
    expect(exitCode).toBe(2);
    expect(err).toContain("COMMAND_CONFIRMATION_NEEDED");
    const others = await sampan("prepare", host, "--yes", "--confirm", "ssh://root@web-02");
    expect(others.err).toContain(
      "the name ssh://root@web-01 has to be typed; --confirm was given ssh://root@web-02",
    );
    expect(others.err).toContain("Pass `--confirm ssh://root@web-01`");
    expect(machine.calls).toEqual(["close", "close"]);
  });

  it("changes it with --confirm and its name, says how it is taken back, and then has nothing to do", async () => {
    const { exitCode, err } = await sampan("prepare", host, "--confirm", host);
    expect(exitCode, err).toBe(0);
    expect(err).toMatch(/on the host: sh \/var\/lib\/sampan\/undo-command-[0-9a-f]{8}\.sh/);
    const again = await sampan("prepare", host, "--json");
    expect(again.exitCode).toBe(0);
    expect(JSON.parse(again.out)).toMatchObject({ host, changes: [], id: null, undo: null });
    expect(machine.calls.filter((call) => call === "prepare")).toHaveLength(1);
  });

  it("hands over which fix-ups are wanted", async () => {
    expect((await sampan("prepare", host, "--only", "mounts")).err).toContain("nothing has to be changed");
  });

  it("takes back the last preparation, or the one that is named, after asking", async () => {
    expect((await sampan("prepare", host, "--undo", "--yes")).err).toContain("there is none");
    await sampan("prepare", host, "--confirm", host);
    expect((await sampan("prepare", host, "--undo")).exitCode).toBe(2);
    expect((await sampan("prepare", host, "--undo", "--dry-run")).out).toContain("preparation second");
    expect((await sampan("prepare", host, "--undo", "--yes")).exitCode).toBe(0);
    const first = await sampan("prepare", host, "first", "--undo", "--yes");
    expect(first.exitCode).toBe(3);
    expect(first.err).toContain("changed since: /etc/fstab");
    expect((await sampan("prepare", host, "third", "--undo", "--yes")).err).toContain("second, first");
    expect(machine.calls.filter((call) => call.startsWith("undo"))).toEqual(["undo second", "undo first"]);
  });

  it.each([
    [["guest.qcow2"], /a file is no host that runs/],
    [[host, "first"], /goes with --undo/],
  ])("refuses %j", async (argv, says) => {
    const { exitCode, err } = await sampan("prepare", ...argv);
    expect(exitCode).toBe(2);
    expect(err).toMatch(says);
  });
});

describe("a plan that changes the host itself", () => {
  it("is asked for before it runs, also in a rehearsal, and when it is resumed before that", async () => {
    const plan = Migration.from(host).assess().prepare({ on: "host", confirm: true }).plan();
    await writeFile(join(folder, "plan.json"), JSON.stringify(plan));
    const refused = await sampan("run", "plan.json");
    expect(refused.exitCode).toBe(2);
    expect(refused.err).toContain("COMMAND_CONFIRMATION_NEEDED");
    expect(machine.sources).toEqual([]);

    expect((await sampan("run", "plan.json", "--through", "assess")).exitCode).toBe(0);
    const id = JSON.parse((await sampan("runs", "--json")).out)[0].runId as string;
    expect((await sampan("resume", id)).exitCode).toBe(2);
    expect(machine.calls).not.toContain("prepare");

    const done = await sampan("resume", id, "--confirm", host);
    expect(done.exitCode, done.err).toBeLessThanOrEqual(3);
    expect(machine.calls).toContain("prepare");
    expect(done.err).toContain("on the host: modify /etc/selinux/config");
    // What is prepared already is not asked for again.
    expect((await sampan("resume", id)).exitCode).not.toBe(2);
  });
});
