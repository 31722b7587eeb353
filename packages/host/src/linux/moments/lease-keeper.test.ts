import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { isSampanError } from "@sampan/core";
import { virtualClock } from "@sampan/core/testing";
import { describe, expect, it } from "vitest";
import type { RunningCommand, Shell } from "../../connection/shell.ts";
import { keepLease } from "./lease-keeper.ts";
import { keeperScript } from "./scripts.ts";

/** A host that answers renewals; `answer` may be changed meanwhile. */
function hostWith(snapshots: readonly string[] = []) {
  const host = {
    answer: ["held", "end"] as readonly string[],
    renewals: 0,
    opened: [] as (readonly string[])[],
    channels: [] as PassThrough[],
    told: new EventEmitter(),
    shell: {} as Shell,
  };
  const startScript = async (script: string, args: readonly string[]): Promise<RunningCommand> => {
    expect(script).toBe(keeperScript);
    host.opened.push(args);
    const stdin = new PassThrough();
    const stdout = new PassThrough();
    host.channels.push(stdout);
    stdin.on("data", () => {
      host.renewals += 1;
      stdout.write(`${host.answer.join("\n")}\n`);
      host.told.emit("renewed");
    });
    return { stdin, stdout, ended: Promise.resolve({ exitCode: 0, stderr: "" }), kill: () => stdout.end() };
  };
  host.shell = { title: "web-01", startScript } as unknown as Shell;
  return { host, lease: { folder: "/run/sampan/run-1", leaseMs: 60_000, snapshots } };
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("a lease on a moment", () => {
  it("is renewed three times in its duration over one channel, and no more once it is closed", async () => {
    const clock = virtualClock({ jump: false });
    const { host, lease } = hostWith();
    const keeper = await keepLease(host.shell, lease, clock);
    expect([host.renewals, host.opened]).toEqual([1, [["/run/sampan/run-1", "60"]]]);
    for (let i = 0; i < 3; i++) {
      await turn();
      clock.advance(20_000);
      await turn();
      await turn();
    }
    expect([host.renewals, host.opened.length]).toEqual([4, 1]);
    keeper.close();
    clock.advance(60_000);
    await turn();
    expect(host.renewals).toBe(4);
  });

  it("is believed while its renewal is fresh, and asked for when it is not", async () => {
    const clock = virtualClock({ jump: false });
    const { host, lease } = hostWith();
    const keeper = await keepLease(host.shell, lease, clock);
    await keeper.confirm();
    expect(host.renewals).toBe(1);
    clock.advance(31_000);
    await keeper.confirm();
    expect(host.renewals).toBeGreaterThan(1);
    keeper.close();
  });

  it("ends for good once the host has let go", async () => {
    const clock = virtualClock({ jump: false });
    const { host, lease } = hostWith();
    const keeper = await keepLease(host.shell, lease, clock);
    host.answer = ["lost", "end"];
    expect(isSampanError(await failure(keeper.renew()), "HOST_MOMENT_LOST")).toBe(true);
    host.answer = ["held", "end"];
    expect(isSampanError(await failure(keeper.confirm()), "HOST_MOMENT_LOST")).toBe(true);
    keeper.close();
  });

  it("tells a snapshot that is void from one that is gone", async () => {
    const clock = virtualClock({ jump: false });
    for (const [said, code] of [
      ["status 0 3145728 snapshot 416/630784 16", undefined],
      ["status 0 3145728 snapshot Invalid", "HOST_SNAPSHOT_FULL"],
      ["status 0 3145728 snapshot Overflow", "HOST_SNAPSHOT_FULL"],
      ["status ", "HOST_MOMENT_LOST"],
      ["status 0 3145728 linear", "HOST_MOMENT_LOST"],
    ] as const) {
      const { host, lease } = hostWith(["vg0-sampan--0"]);
      host.answer = ["held", said, "end"];
      const opened = await keepLease(host.shell, lease, clock).catch((error: unknown) => error);
      if (code === undefined) (opened as { close(): void }).close();
      else expect(isSampanError(opened, code)).toBe(true);
    }
  });

  it("opens another channel when the one it had was cut", async () => {
    const clock = virtualClock({ jump: false });
    const { host, lease } = hostWith();
    const keeper = await keepLease(host.shell, lease, clock);
    host.channels[0]?.end();
    await turn();
    await keeper.renew();
    expect(host.opened.length).toBe(2);
    keeper.close();
  });

  it("does not wait for ever for an answer, nor read one that does not end", async () => {
    const clock = virtualClock({ jump: false });
    const { host, lease } = hostWith();
    host.answer = ["held"];
    const waiting = failure(keepLease(host.shell, lease, clock));
    await turn();
    clock.advance(30_000);
    expect(isSampanError(await waiting, "HOST_TIMEOUT")).toBe(true);
    const long = hostWith();
    long.host.answer = ["x".repeat(100_000)];
    expect(
      isSampanError(await failure(keepLease(long.host.shell, long.lease, clock)), "HOST_ANSWER_TOO_LONG"),
    ).toBe(true);
  });
});
