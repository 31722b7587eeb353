import { channel } from "node:diagnostics_channel";
import { debugChannels } from "@sampan/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tellCommand } from "./command-channel.ts";

const commands = channel(debugChannels.hostCommand);
let told: unknown[] = [];
const listen = (note: unknown): void => void told.push(note);
beforeEach(() => {
  told = [];
  commands.subscribe(listen);
});
afterEach(() => void commands.unsubscribe(listen));

const argv = ["cat", "/etc/hostname"];
const id = expect.any(Number);
const tookMs = expect.any(Number);

describe("a program on a host", () => {
  it("is told when it is started and when it has ended", async () => {
    const started = await tellCommand(
      "ssh://web-01",
      argv,
      async () => "pipes",
      async () => ({ exitCode: 2 }),
    );
    expect(started).toBe("pipes");
    await Promise.resolve();
    expect(told).toEqual([
      { id, host: "ssh://web-01", argv },
      { id, host: "ssh://web-01", argv, end: { kind: "ended", exitCode: 2, tookMs } },
    ]);
  });

  it("is told as failed where it does not come about, or its connection is lost", async () => {
    const lost = new Error("lost");
    const refused = tellCommand(
      "ssh://web-01",
      argv,
      () => Promise.reject(lost),
      async () => ({ exitCode: 0 }),
    );
    await expect(refused).rejects.toBe(lost);
    await tellCommand(
      "ssh://web-01",
      argv,
      async () => "pipes",
      () => Promise.reject(lost),
    );
    await new Promise(setImmediate);
    expect(told).toMatchObject([
      {},
      { end: { kind: "failed", error: lost } },
      {},
      { end: { kind: "failed", error: lost } },
    ]);
  });

  it("is started alone while nobody listens", async () => {
    commands.unsubscribe(listen);
    const endOf = (): never => expect.unreachable();
    expect(await tellCommand("ssh://web-01", argv, async () => 7, endOf)).toBe(7);
  });
});
