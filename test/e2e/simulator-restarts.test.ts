import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { type Clock, type RunEvent, throwIfCancelled } from "@sampan/core";
import { createEmbeddedRunner, Migration, resolvePlan } from "@sampan/sdk";
import { Simulator } from "@sampan/simulator";
import { expect, it } from "vitest";
import { makeFolder } from "../helpers/temporary-folder.ts";
import { writeTinyDisk } from "../helpers/tiny-disk.ts";

/*
 * The cloud goes away in the middle of a run and comes back with what it had stored: the run waits for it and ends as if it had
 * been there all the time.
 */

const isPart = (event: RunEvent) =>
  event.type === "checkpoint" && event.stage === "upload" && "item" in event;
const isImage = (event: RunEvent) =>
  event.type === "resource.created" && event.resource.kind === "image" && event.resource.billed;

it.each<[string, (event: RunEvent) => boolean, number]>([
  ["in the middle of the upload", isPart, 3],
  ["while it imports", isImage, 1],
  ["while it copies", isImage, 2],
])("a simulator that is started again %s is waited for", async (_when, isMoment, nth) => {
  const folder = await makeFolder();
  const options = { dataFolder: join(folder, "cloud"), switches: { importRole: "ready" } } as const;
  let simulator = await Simulator.start(options);
  const { port, endpoint } = simulator;
  simulator.clock.freeze();
  let restarting: Promise<void> | undefined;
  const restart = async (): Promise<void> => {
    const beforeMs = simulator.clock.now();
    await simulator.stop();
    simulator = await Simulator.start({ ...options, port });
    simulator.clock.freeze();
    simulator.clock.advance(Math.max(0, beforeMs - simulator.clock.now()));
  };
  // Jumps over every wait, but not over the time in which nobody listens.
  let nowMs = simulator.clock.now();
  const clock: Clock = {
    now: () => nowMs,
    monotonic: () => nowMs,
    async sleep(ms, signal) {
      throwIfCancelled(signal);
      await restarting;
      nowMs += ms;
      simulator.clock.advance(ms);
      await turn();
      throwIfCancelled(signal);
    },
  };
  try {
    await writeTinyDisk(join(folder, "tiny.raw"));
    const plan = Migration.from("tiny.raw")
      .assess({ accept: { "GUESTOS.SystemImage": "nothing is to boot from it" } })
      .capture()
      .toVhd()
      .upload("restarts", { createBucket: true, key: "tiny.vhd", partBytes: 204_800, parallel: 2 })
      .import({ name: "tiny", bootMode: "BIOS", architecture: "x86_64", detect: false })
      .copyTo("cn-shanghai");
    const runner = createEmbeddedRunner({
      home: join(folder, "home"),
      cloud: { kind: "simulator", endpoint },
      clock,
      random: () => 0.5,
    });
    const handle = runner.start(resolvePlan(plan.plan(), folder));
    let seen = 0;
    handle.events.subscribe((event) => {
      if (isMoment(event) && ++seen === nth) restarting = restart();
    });
    await expect(handle.result).resolves.toMatchObject({ complete: true });
    expect(restarting).toBeDefined();
    const { images, buckets } = await simulator.state();
    expect(images.map(({ region, name, status }) => `${region} ${name} ${status}`).sort()).toEqual([
      "cn-hangzhou tiny Available",
      "cn-shanghai tiny Available",
    ]);
    expect(buckets.map(({ objects, uploads }) => [objects.length, uploads.length])).toEqual([[1, 0]]);
  } finally {
    await restarting?.catch(() => undefined);
    await simulator.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
