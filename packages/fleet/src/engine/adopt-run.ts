import { randomBytes } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { SampanError } from "@sampan/core";
import { planFingerprint, sourceTitle } from "@sampan/sdk";
import {
  artifactFolder,
  cloudKey,
  foldRun,
  hostIdentity,
  isLocked,
  isRunId,
  loadPlan,
  readJournal,
  runFolder,
} from "@sampan/sdk/engine";
import type { RunnerContext } from "./begin-run.ts";
import { runQueue, shortDigest, siteQueue } from "./queue-names.ts";
import { refuseUnfit } from "./refuse-plan.ts";
import type { RunData } from "./run-data.ts";
import { RowAppender } from "./run-journal.ts";
import { storeArtifacts } from "./store-artifacts.ts";

// What lies in a run's folder and is no artifact.
const ownFiles =
  /^(?:plan\.json|refresh\.json|journal\.ndjson|lock|cancel|control\..*|runner-\d+\.log|.*\.partial)$/;

/**
 * Takes a run that an embedded runner began and nobody works on into the store, where it goes on: its plan, journal and artifacts.
 *
 * @throws `RUN_NOT_FOUND`; `RUN_LOCKED` while somebody works on it; `CORE_ARGUMENT` for one that is there already, is a refresh, or ran in
 * another cloud than this runner's.
 */
export async function adoptRun(
  at: RunnerContext,
  runId: string,
  home: string,
  site: string | null,
): Promise<void> {
  if (!isRunId(runId))
    throw new SampanError("RUN_NOT_FOUND", `looking for run ${JSON.stringify(runId)} in ${home}`);
  const plan = loadPlan(home, runId);
  const folder = runFolder(home, runId);
  refuseUnfit(plan, {}, at.cloud);
  if (site !== null) siteQueue(site);
  if (isLocked(join(folder, "lock")))
    throw new SampanError("RUN_LOCKED", `taking run ${runId} into the fleet: somebody works on it`, {
      details: { runId },
    });
  if (existsSync(join(folder, "refresh.json")))
    throw new SampanError(
      "CORE_ARGUMENT",
      `taking run ${runId} into the fleet: it is a refresh, which only \`sampan run\` does`,
    );
  if ((await at.runs.find(runId)) !== undefined)
    throw new SampanError("CORE_ARGUMENT", `taking run ${runId} into the fleet: it is there already`);
  const events = readJournal(folder);
  const { started, end } = foldRun(events);
  const endpoint = at.cloud.kind === "simulator" ? (at.cloud.endpoint ?? null) : null;
  const name = at.cloud.kind;
  if (started !== undefined && (started.cloud.name !== name || started.cloud.endpoint !== endpoint))
    throw new SampanError(
      "CORE_ARGUMENT",
      `taking run ${runId} into the fleet: it ran in another cloud, ${started.cloud.name}`,
    );
  if (end === "finished")
    throw new SampanError("CORE_ARGUMENT", `taking run ${runId} into the fleet: it has finished`);

  const artifacts = storeArtifacts(at.store, runId);
  const own = artifactFolder(folder);
  for (const file of readdirSync(folder, { withFileTypes: true })) {
    if (!file.isFile() || ownFiles.test(file.name)) continue;
    const bytes = await own.load(file.name);
    if (bytes !== undefined) await artifacts.save(file.name, bytes);
  }
  const hostDigest = shortDigest(`${site ?? ""}\n${hostIdentity(plan.source)}`);
  const planDigest = shortDigest(`${site ?? ""}\n${planFingerprint(plan)}\n${cloudKey(at.cloud)}`);
  const holder = await at.index.claim(hostDigest, { runId, plan: planDigest });
  if (holder.runId !== runId)
    throw new SampanError(
      "RUN_LOCKED",
      `taking run ${runId} into the fleet: run ${holder.runId} works on the host`,
      {
        details: { runId: holder.runId, plan: holder.plan },
      },
    );
  if (site !== null) await at.index.register("site", site);
  await at.index.register("version", String(at.pipeline.version));
  const data: RunData = {
    v: 1,
    version: at.pipeline.version,
    plan,
    cloud: at.cloud,
    site,
    epoch: (started?.attempt ?? 0) + 1,
    through: null,
    note: null,
    stop: null,
    hostDigest,
    planDigest,
  };
  const queue = at.store.queue(runQueue(at.pipeline.version));
  // Nobody takes it before its journal is there.
  const job = await queue.add(sourceTitle(plan.source), data, {
    jobId: runId,
    attempts: 100,
    backoff: { type: "fixed", delay: 2000 },
    delay: 365 * 24 * 3600 * 1000,
  });
  const rows = new RowAppender(queue, runId, {
    id: `adopted-${randomBytes(6).toString("hex")}`,
    generation: 0,
  });
  for (const { runId: _, seq: __, ...body } of events) await rows.add(rows.row(body, at.clock.now()));
  await at.index.setLastRun(planDigest, runId);
  await job.promote();
}
