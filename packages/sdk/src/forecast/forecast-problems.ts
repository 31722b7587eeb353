import { importRoleName } from "@sampan/cloud";
import { isSampanError, type SampanError } from "@sampan/core";
import type { HostDisk } from "@sampan/host";
import { accountsOf, checkInput } from "../pipeline/migration-pipeline.ts";
import { stepOf } from "../plan/plan.ts";
import { mayRun, sourceTitle } from "../plan/sources.ts";
import { assertBucketAsPlanned, assertRoleReady, unknownRegion } from "../stages/plan-fits.ts";
import { assertShareable } from "../stages/share.ts";
import { diskChanges } from "../stages/source-changes.ts";
import type { ForecastProblem, ForecastStep } from "./forecast.ts";
import type { Situation } from "./forecast-plan.ts";
import { problemWords } from "./forecast-words.ts";

interface Words {
  readonly message: string;
  readonly hint: string;
}

/** Under which a source that changed is told: it stops also a run whose stages are all done. */
const sourceStage = "source";

/** What would stop the run, in the order in which it would be met; what is done already stops nothing. */
export function problemsOf(situation: Situation, steps: readonly ForecastStep[]): readonly ForecastProblem[] {
  const found = [...ofShares(situation), ...ofWorld(situation)];
  const isDone = (stage: string): boolean => steps.find((step) => step.stage === stage)?.done === true;
  return found.filter(({ stage }) => !isDone(stage));
}

function stops(stage: string, code: string, words: Words): ForecastProblem {
  return { severity: "stops", stage, code, ...words };
}

/** What a check of the run would refuse, under the stage that makes it. */
function refusedAt(stage: string, check: () => void): readonly ForecastProblem[] {
  try {
    check();
    return [];
  } catch (error) {
    if (!isSampanError(error)) throw error;
    return [refusal(stage, error)];
  }
}

function refusal(stage: string, { code, message, hint }: SampanError): ForecastProblem {
  return stops(stage, code, { message, hint });
}

function ofShares({ plan }: Situation): readonly ForecastProblem[] {
  return refusedAt(plan.source.kind === "ecs" ? "share" : "check", () => assertShareable(accountsOf(plan)));
}

function ofWorld(situation: Situation): readonly ForecastProblem[] {
  const { world, plan } = situation;
  if (world === null) return [];
  const first = plan.source.kind === "ecs" ? "select" : "check";
  return [
    ...ofSource(situation),
    ...world.unknownRegions.map((region) => refusal(first, unknownRegion(region, []))),
    ...ofBucket(situation),
    ...ofRole(situation),
    ...ofObjects(situation),
    ...ofNames(situation),
    ...(world.importRefusal === null
      ? []
      : [stops("import", world.importRefusal.code, withoutCode(world.importRefusal))]),
    ...world.unseen.map((refused): ForecastProblem => ({ severity: "may-stop", stage: first, ...refused })),
  ];
}

function withoutCode({ message, hint }: Words): Words {
  return { message, hint };
}

function ofSource({ world, plan, run }: Situation): readonly ForecastProblem[] {
  if (world?.source.state === "seen" && run !== null && plan.source.kind !== "ecs") {
    const selected = run.record.stages.get("select")?.output as
      | { readonly disks?: readonly HostDisk[] }
      | undefined;
    const changes = selected?.disks === undefined ? [] : diskChanges(selected.disks, world.source.disks);
    if (changes.length === 0) return [];
    const what = changes.map(({ disk, field }) => `disk ${disk}, ${field}`).join("; ");
    const words = problemWords.sourceChanged(sourceTitle(plan.source), run.runId, what);
    return [stops(sourceStage, "HOST_SOURCE_CHANGED", words)];
  }
  if (world?.source.state !== "unseen") return [];
  const { code, reason } = world.source;
  // A rehearsal makes the instance it is to move.
  if (world.builtIn && code === "CLOUD_INSTANCE_NOT_FOUND") return [];
  // A host that was captured already may be switched off.
  const isCaptured = run?.record.stages.get("upload")?.state === "finished";
  const severity = isCaptured && mayRun(plan.source) ? "may-stop" : "stops";
  return [{ severity, stage: "select", code, message: reason, hint: problemWords.sourceUnseen }];
}

function ofBucket({ world, plan }: Situation): readonly ForecastProblem[] {
  const bucket = world?.bucket;
  const upload = stepOf(plan, "upload");
  if (!bucket || upload === undefined) return [];
  const { name } = bucket;
  if (bucket.state === "unseen") {
    const words = { message: bucket.reason, hint: "" };
    return [{ severity: "may-stop", stage: "check", code: bucket.code, ...words }];
  }
  if (bucket.state === "missing") {
    if (upload.options.createBucket === true || world?.builtIn === true) return [];
    return [stops("check", "CLOUD_BUCKET_NOT_FOUND", problemWords.bucketMissing(name))];
  }
  return refusedAt("check", () => assertBucketAsPlanned(bucket, checkInput(plan, upload)));
}

function ofRole({ world, plan }: Situation): readonly ForecastProblem[] {
  const state = world?.importRole;
  if (state === null || state === undefined || stepOf(plan, "import")?.options.createRole === true) return [];
  return refusedAt("check", () => assertRoleReady({ name: importRoleName, state }));
}

function ofObjects({ world, plan, run }: Situation): readonly ForecastProblem[] {
  if (stepOf(plan, "upload")?.options.overwrite === true) return [];
  return (world?.objects ?? []).flatMap(({ bucket, key, there }) => {
    if (there === null || there.runId === (run?.runId ?? "")) return [];
    return [stops("upload", "CLOUD_OBJECT_EXISTS", problemWords.objectThere(`oss://${bucket}/${key}`))];
  });
}

function ofNames({ world, plan, places, run }: Situation): readonly ForecastProblem[] {
  return (world?.images ?? []).flatMap(({ region, name, there }) => {
    // What this run made is taken as it is, or removed first where it has failed.
    if (there === null || (run !== null && there.runId === run.runId)) return [];
    const isFirst = region === places.region;
    const stage = isFirst
      ? stepOf(plan, "import") === undefined
        ? "create-image"
        : "import"
      : `copy:${region}`;
    return [stops(stage, "CLOUD_IMAGE_NAME_TAKEN", problemWords.nameTaken(name, region, there.imageId))];
  });
}
