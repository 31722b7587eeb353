import { PassThrough } from "node:stream";
import { isSampanError, MiB } from "@sampan/core";
import { virtualClock } from "@sampan/core/testing";
import { memorySource } from "@sampan/image/testing";
import { describe, expect, it } from "vitest";
import type { RunningCommand, Shell } from "../../connection/shell.ts";
import { linuxMoments } from "./linux-moments.ts";
import * as scripts from "./scripts.ts";

const disk = { name: "/dev/sda", sizeBytes: MiB };
const options = { id: "run-1", leaseMs: 60_000 } as const;

/** A host whose disk is one file system on `/`, and which remembers what was done to it. */
function hostThat({ freezes = true, tools = ["fsfreeze"] }: { freezes?: boolean; tools?: string[] } = {}) {
  const done: string[] = [];
  let folder: { moment: string } | undefined;
  let held = true;
  const names = new Map(Object.entries(scripts).map(([name, text]) => [text as string, name]));
  const view = [
    ...["disk /dev/sda", "kernel 6.1.0", ...tools.map((tool) => `tool ${tool}`), "device sda 8:0"],
    "mount 27 1 8:0 / / rw - ext4 /dev/sda rw",
  ].join("\n");
  const answers: Record<string, (args: readonly string[], input: string) => string> = {
    lookScript: () => view,
    leftoverScript: () => "",
    statusScript: () =>
      folder === undefined
        ? "gone"
        : `folder /run/sampan/run-1\n${held ? "held" : "over"}\nmoment\n${folder.moment}`,
    beginScript: ([id]) => {
      folder = { moment: "" };
      return `made /run/sampan/${id}`;
    },
    keepScript: (_, input) => {
      if (folder !== undefined) folder.moment = input;
      return "";
    },
    freezeScript: () => (freezes ? "frozen" : "failed 0"),
    releaseScript: () => {
      folder = undefined;
      return "gone";
    },
  };
  const shell = {
    title: "web-01",
    async script(script: string, args: readonly string[], given: { input?: string; asRoot?: boolean } = {}) {
      const name = names.get(script) ?? "unknown";
      expect(given.asRoot).toBe(true);
      done.push(name);
      const stdout = new TextEncoder().encode(answers[name]?.(args, given.input ?? "") ?? "");
      return {
        exitCode: 0,
        stdout,
        stderr: freezes ? "" : "fsfreeze: /: freeze failed: Device or resource busy",
      };
    },
    async startScript(script: string): Promise<RunningCommand> {
      done.push(names.get(script) ?? "unknown");
      const [stdin, stdout] = [new PassThrough(), new PassThrough()];
      stdin.on("data", () => stdout.write(held && folder !== undefined ? "held\nend\n" : "lost\nend\n"));
      return { stdin, stdout, ended: Promise.resolve({ exitCode: 0, stderr: "" }), kill: () => stdout.end() };
    },
  } as unknown as Shell;
  const opened: string[] = [];
  const moments = linuxMoments({
    shell,
    clock: virtualClock({ jump: false }),
    openDevice: async ({ path, sizeBytes }) => {
      opened.push(path);
      done.push("open");
      return memorySource(new Uint8Array(sizeBytes).fill(7));
    },
  });
  return {
    ...{ done, opened, moments },
    letGo() {
      held = false;
    },
  };
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("a moment that is not held", () => {
  it("makes nothing on the host, and says what that means", async () => {
    const { done, moments } = hostThat();
    const moment = await moments.hold(disk, { ...options, consistency: "none" });
    expect(moment).toMatchObject({
      made: [],
      notes: [expect.stringContaining("stop the services that write")],
    });
    await (await moments.openMoment(moment)).close();
    await moments.release(moment);
    expect(done).toEqual(["open"]);
  });
});

describe("a frozen moment", () => {
  it("opens its channels before the host freezes, and reads through them", async () => {
    const { done, opened, moments } = hostThat();
    const moment = await moments.hold(disk, { ...options, consistency: "freeze" });
    expect(moment).toMatchObject({
      made: ["freeze of /"],
      notes: [expect.stringContaining("thaws by itself")],
    });
    const steps = [
      "statusScript",
      "lookScript",
      "beginScript",
      "keepScript",
      "open",
      "keeperScript",
      "freezeScript",
    ];
    expect(done).toEqual(steps);
    const source = await moments.openMoment(moment);
    const bytes = new Uint8Array(3);
    await source.read({ offset: 0, length: 3 }, bytes);
    expect([...bytes]).toEqual([7, 7, 7]);
    expect(source.features.stable).toBe(true);
    await source.close();
    expect([done, opened]).toEqual([steps, ["/dev/sda"]]);
    await moments.release(moment);
    expect(done.at(-1)).toBe("releaseScript");
  });

  it("is the same when it is held again, also by another process", async () => {
    const { done, moments } = hostThat();
    const moment = await moments.hold(disk, { ...options, consistency: "freeze" });
    expect(await moments.hold(disk, { ...options, consistency: "freeze" })).toEqual(moment);
    expect(done.filter((one) => one === "freezeScript")).toHaveLength(1);
    const other = await failure(moments.hold(disk, { ...options, consistency: "snapshot" }));
    expect(isSampanError(other, "CORE_ARGUMENT")).toBe(true);
    await moments.close();
    const source = await moments.openMoment(JSON.parse(JSON.stringify(moment)));
    await source.close();
  });

  it("gives no byte once the host has let go", async () => {
    const host = hostThat();
    const moment = await host.moments.hold(disk, { ...options, consistency: "freeze" });
    const source = await host.moments.openMoment(moment);
    await source.read({ offset: 0, length: 1 }, new Uint8Array(1));
    host.letGo();
    expect(isSampanError(await failure(source.close()), "HOST_MOMENT_LOST")).toBe(true);
    expect(isSampanError(await failure(host.moments.openMoment(moment)), "HOST_MOMENT_LOST")).toBe(true);
  });

  it("is undone when a file system cannot be frozen", async () => {
    const { done, moments } = hostThat({ freezes: false });
    const error = await failure(moments.hold(disk, { ...options, consistency: "freeze" }));
    expect(error).toMatchObject({
      code: "HOST_FREEZE_IMPOSSIBLE",
      message: expect.stringMatching(/\/ cannot be frozen: .*busy/),
    });
    expect(done.at(-1)).toBe("releaseScript");
  });

  it("is refused before anything was made where nothing can freeze", async () => {
    const { done, moments } = hostThat({ tools: [] });
    const error = await failure(moments.hold(disk, { ...options, consistency: "freeze" }));
    expect(isSampanError(error, "HOST_FREEZE_IMPOSSIBLE")).toBe(true);
    expect(done).toEqual(["statusScript", "lookScript"]);
  });
});

describe("a moment", () => {
  it("is refused as a snapshot of a disk without logical volumes, before anything was made", async () => {
    const { done, moments } = hostThat();
    const error = await failure(moments.hold(disk, { ...options, consistency: "snapshot" }));
    expect(isSampanError(error, "HOST_SNAPSHOT_IMPOSSIBLE")).toBe(true);
    expect(done).not.toContain("beginScript");
  });

  it("is refused with an id, a lease or a space that makes no sense", async () => {
    const { done, moments } = hostThat();
    for (const bad of [
      { id: "../x" },
      { id: "-rf" },
      { id: "" },
      { id: "a".repeat(65) },
      { leaseMs: 10 },
      { leaseMs: Number.NaN },
      { snapshotBytes: -1 },
    ]) {
      const error = await failure(moments.hold(disk, { ...options, consistency: "freeze", ...bad }));
      expect(isSampanError(error, "CORE_ARGUMENT")).toBe(true);
    }
    expect(done).toEqual([]);
  });
});
