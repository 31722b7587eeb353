import { setTimeout as pause } from "node:timers/promises";
import type { RunHandle } from "@sampan/sdk";
import { expect, it, onTestFinished } from "vitest";
import { leaseMs, partsOfHost, partsSentTwice, stagesRepeated, startFleetBed } from "../helpers/fleet-bed.ts";
import { share } from "../helpers/kill-trials.ts";
import { postgresTools } from "../helpers/postgres-server.ts";
import { redisTools } from "../helpers/redis-server.ts";
import { lacks } from "../helpers/requires.ts";

/*
 * Many runs, three workers, and one of those killed at random again and again. What was done is counted by the simulator. The whole
 * minute, on both stores, is `npm run bench:fleet`.
 */

const seconds = Number(process.env.SAMPAN_TEST_CHAOS_SECONDS ?? 15);
const runs = 40;
// About one every two seconds.
const kills = Math.ceil(seconds / 2);
const workersAtOnce = 3;
const kinds = [
  { kind: "redis", tools: redisTools, isQuick: true },
  { kind: "postgres", tools: postgresTools, isQuick: false },
] as const;

for (const { kind, tools, isQuick } of kinds) {
  // Twice the time for what the smaller tests of faults look at too.
  if (!isQuick && seconds < 60) continue;
  it.skipIf(lacks(...tools))(
    `${runs} runs on ${kind} end well, with nothing done twice, while workers are killed at random`,
    async () => {
      const bed = await startFleetBed(kind);
      onTestFinished(() => bed.stop());
      // So that there is something to kill until the end.
      bed.slowParts(seconds * 15);
      const setting = { sites: ["here"], concurrency: { site: 3, any: 20 } };
      const start = (name: string) => bed.worker({ ...setting, name });
      const workers = Array.from({ length: workersAtOnce }, (_, n) => start(`w${n}`));
      await Promise.all(workers);
      const begun = await Promise.all(
        Array.from({ length: runs }, async (_, number) =>
          bed.runner.submit(await bed.plan(`host-${number}`), { site: "here" }),
        ),
      );
      const all = Promise.allSettled(begun.map(({ handle }) => handle.result));
      const startedAt = Date.now();
      for (let kill = 0; kill < kills; kill++) {
        await pause(500 + share(kill) * leaseMs);
        const victim = Math.floor(share(kill + 1000) * workersAtOnce);
        await (await workers[victim])?.kill();
        workers[victim] = start(`w${victim}-${kill}`);
      }
      const ended = await all;
      // The last to come may still be on its way when all is done.
      await Promise.all(workers);
      expect(ended.flatMap((end) => (end.status === "rejected" ? [String(end.reason)] : []))).toEqual([]);

      const requests = bed.rehearsal.simulator.requests.list();
      expect(partsSentTwice(requests)).toEqual([]);
      const landed = requests.filter(({ operation, status }) => operation === "UploadPart" && status === 200);
      expect(landed).toHaveLength(runs * partsOfHost);
      const { images } = await bed.rehearsal.simulator.state();
      expect(images.filter(({ status }) => status === "Available")).toHaveLength(runs);
      expect(images).toHaveLength(runs);
      for (const { handle } of begun) expect(await repeated(bed, handle)).toEqual([]);
      const takenOver = await Promise.all(begun.map(({ handle }) => takeovers(bed, handle)));
      console.log(
        `${kind}: ${kills} kills, ${takenOver.reduce((sum, count) => sum + count, 0)} stages taken over, ` +
          `${Math.round((Date.now() - startedAt) / 1000)} s`,
      );
    },
    (seconds + 240) * 1000,
  );
}

type Bed = Awaited<ReturnType<typeof startFleetBed>>;

async function repeated({ runner }: Bed, { id }: RunHandle<unknown>): Promise<readonly string[]> {
  return stagesRepeated(await runner.recorded(id));
}

/** How many stages of a run somebody else went on with. */
async function takeovers({ runner }: Bed, { id }: RunHandle<unknown>): Promise<number> {
  const started = (await runner.recorded(id)).filter(({ type }) => type === "stage.started");
  return started.length - new Set(started.map((event) => (event as { stage?: string }).stage)).size;
}
