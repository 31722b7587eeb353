#!/usr/bin/env node
// What a fleet's engine costs by itself, and how it bears being killed.
//
//   - 300 runs of six stages that do nothing, done by two workers: at most 40 s is the aim
//   - from a cancel in one process to the stage's abort in another: at most 1 s is the aim
//   - a minute of killing one of three workers at random over 40 migrations, on Redis and on PostgreSQL (test/e2e/fleet-chaos.test.ts)
//
//   --store URL     measures on that store, and leaves the killing out; without it a Redis of its own is started
//   --runs N        how many runs (default 300)
//   --no-chaos      leaves the killing out
import { fork, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createFleetRunner, openStore } from "@sampan/fleet/engine";
import { Migration } from "@sampan/sdk";
import { oneThatWaits, sixStages } from "./fleet-worker.mjs";
import { median } from "./measure.mjs";

const { values } = parseArgs({
  options: {
    store: { type: "string" },
    runs: { type: "string", default: "300" },
    "no-chaos": { type: "boolean", default: false },
  },
});
const runs = Number(values.runs);
const cloud = { kind: "simulator", endpoint: "http://localhost:1" };
const hostPlan = (name) => Migration.from(`/disks/${name}.vmdk`).plan();

async function startRedis() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  const folder = mkdtempSync(join(tmpdir(), "sampan-bench-"));
  const args = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--dir",
    folder,
    "--appendonly",
    "yes",
    "--save",
    "",
  ];
  const server = spawn("redis-server", args, { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of server.stdout.setEncoding("utf8")) if (line.includes("Ready to accept")) break;
  const stop = async () => {
    server.kill("SIGKILL");
    await once(server, "exit");
    rmSync(folder, { recursive: true, force: true });
  };
  return { url: `redis://127.0.0.1:${port}`, stop };
}

async function startWorker(setting) {
  const worker = fork(fileURLToPath(new URL("fleet-worker.mjs", import.meta.url)), [JSON.stringify(setting)]);
  await once(worker, "message");
  return worker;
}

/** Seconds from handing the first run in until the last has ended. */
async function overhead(store) {
  const runner = createFleetRunner({ store, cloud, pipeline: sixStages });
  const startedAt = performance.now();
  const begun = await Promise.all(
    Array.from({ length: runs }, (_, number) => runner.submit(hostPlan(`zero-${number}`))),
  );
  await Promise.all(begun.map(({ handle }) => handle.result));
  const seconds = (performance.now() - startedAt) / 1000;
  await runner.close();
  return seconds;
}

/** Milliseconds from the call of `cancel` here until the stage's signal aborted there, several times. */
async function cancels(store, workers, times) {
  const runner = createFleetRunner({ store, cloud, pipeline: oneThatWaits });
  const heard = (field) =>
    new Promise((resolve) => {
      const onMessage = (message) => {
        if (message[field] === undefined) return;
        for (const worker of workers) worker.off("message", onMessage);
        resolve(message[field]);
      };
      for (const worker of workers) worker.on("message", onMessage);
    });
  const took = [];
  for (let time = 0; time < times; time++) {
    const waits = heard("waitingAt");
    const { handle } = await runner.submit(hostPlan(`waits-${time}`));
    handle.result.catch(() => undefined);
    await waits;
    const stopped = heard("stoppedAt");
    const askedAt = Date.now();
    await runner.cancel(handle.id);
    took.push((await stopped) - askedAt);
    await handle.result.catch(() => undefined);
  }
  await runner.close();
  return took;
}

const redis = values.store === undefined ? await startRedis() : undefined;
const store = { url: values.store ?? redis.url, prefix: `bench_${Date.now()}` };
const opened = await openStore(store);
console.log(`store ${opened.address}`);
await opened.close();
const workers = await Promise.all(["first", "second"].map((name) => startWorker({ store, name })));
try {
  const seconds = await overhead(store);
  console.log(
    `${runs} runs of six stages that do nothing, two workers: ${seconds.toFixed(1)} s (aim for 300: at most 40 s)`,
  );
  const took = await cancels(store, workers, 10);
  console.log(
    `from cancel to abort: median ${median(took).toFixed(0)} ms, longest ${Math.max(...took)} ms (aim: at most 1,000 ms)`,
  );
} finally {
  for (const worker of workers) worker.kill("SIGKILL");
  await redis?.stop();
}
if (values.store === undefined && !values["no-chaos"]) {
  const args = ["vitest", "run", "test/e2e/fleet-chaos.test.ts"];
  const env = { ...process.env, SAMPAN_TEST_CHAOS_SECONDS: "60" };
  process.exitCode = spawnSync("npx", args, { stdio: "inherit", env }).status ?? 1;
}
