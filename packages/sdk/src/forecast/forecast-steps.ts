import { hasFailed, importRoleName } from "@sampan/cloud";
import { GiB, roundUp } from "@sampan/core";
import { accountsOf } from "../pipeline/migration-pipeline.ts";
import { encodingTarget, isOnHost } from "../pipeline/read-disks.ts";
import { stepOf } from "../plan/plan.ts";
import { exportTool } from "../plan/refuse-tool.ts";
import { mayRun, sourceTitle } from "../plan/sources.ts";
import { chosenDisks } from "../stages/choose-disks.ts";
import { objectKey } from "../stages/object-key.ts";
import { diskStates, landedOf } from "../stages/upload-record.ts";
import { readingTime, sendingTime, waitingTime } from "./estimates.ts";
import type { Estimate, ForecastAct, ForecastStep } from "./forecast.ts";
import type { Situation } from "./forecast-plan.ts";
import { notes } from "./forecast-words.ts";
import { afterwardsOf, copyNameOf } from "./plan-places.ts";
import type { SeenDisk } from "./world.ts";

/** What a stage will do to each thing it touches. A row more for a stage more. */
const forecasts: Readonly<
  Record<string, (situation: Situation, suffix: string) => Omit<ForecastStep, "stage" | "done">>
> = {
  select: look,
  assess: (situation) => ({
    acts: disksRead(situation)
      .filter(({ system }) => system)
      .map((disk) => act("read", "guest", disk.name, { note: notes.partitions })),
    time: readingTime("assess", situation.experience),
  }),
  check,
  export: exported,
  hold: (situation) => ({
    acts: disksRead(situation).map((disk) =>
      act("create", "moment", disk.name, {
        note: notes.moment(stepOf(situation.plan, "capture")?.options.consistency ?? "snapshot"),
      }),
    ),
    time: readingTime("hold", situation.experience),
  }),
  release: (situation) => ({
    acts: disksRead(situation).map((disk) => act("delete", "moment", disk.name, { note: notes.momentGone })),
    time: null,
  }),
  prepare: prepared,
  capture: (situation) => ({
    acts: disksRead(situation).map((disk) =>
      act("read", "disk", disk.name, {
        bytes: measured(disk.dataBytes),
        note: stepOf(situation.plan, "capture")?.options.freeSpace === "keep" ? notes.whole : notes.usedOnly,
      }),
    ),
    time: readingTime("capture", situation.experience),
  }),
  convert: (situation) => ({
    acts: [
      act("create", "file", `${encodingTarget(situation.plan)?.format ?? "image"} layout`, {
        note: notes.layout(encodingTarget(situation.plan)?.format ?? "image"),
      }),
    ],
    time: readingTime("convert", situation.experience),
  }),
  upload: uploaded,
  import: imported,
  snapshot: snapshotted,
  "create-image": (situation) => {
    const { plan, places, hostName } = situation;
    const name = stepOf(plan, "createImage")?.options.name ?? hostName ?? notes.namedAfterRun;
    return madeImage(situation, "create-image", name, places.region, instanceBytes(situation), "");
  },
  copy: (situation, region) => {
    const name = copyNameOf(situation.plan, region, imageName(situation));
    return madeImage(situation, "copy", name, region, imageBytes(situation), "");
  },
  share: (situation) => {
    const { region } = situation.places;
    const note = notes.accounts(accountsOf(situation.plan).length);
    return {
      acts: [act("change", "image", imageName(situation), { region, note })],
      time: null,
    };
  },
  launch: (situation) => {
    const { plan, places } = situation;
    const options = stepOf(plan, "launch")?.options ?? {};
    const note = options.test === true ? notes.testInstance : notes.billedInstance;
    const region = options.region ?? places.region;
    return {
      acts: [act("create", "instance", options.name ?? imageName(situation), { region, note })],
      time: waitingTime("launch", { region, sizeBytes: 4 * GiB }, situation.experience),
    };
  },
  verify: (situation) => {
    const { plan, places, experience } = situation;
    const afterwards = afterwardsOf(plan);
    const name = stepOf(plan, "launch")?.options.name ?? imageName(situation);
    const region = stepOf(plan, "launch")?.options.region ?? places.region;
    const acts = [act("read", "instance", name, { region, note: notes.proof })];
    if (afterwards !== "keep") {
      const deed = afterwards === "delete" ? "delete" : "change";
      acts.push(act(deed, "instance", name, { region, note: notes.afterwards(afterwards) }));
    }
    return { acts, time: waitingTime("verify", { region, sizeBytes: 4 * GiB }, experience) };
  },
};

/** Says what a stage will do; what an earlier run of the plan has finished is skipped. */
export function stepForecast(stage: string, situation: Situation): ForecastStep {
  const [name = stage, suffix = ""] = stage.split(":");
  const told = forecasts[name]?.(situation, suffix) ?? { acts: [], time: null };
  const { run } = situation;
  if (run?.record.stages.get(stage)?.state !== "finished") return { stage, done: false, ...told };
  const note = notes.doneBy(run.runId);
  const acts = told.acts.map((one): ForecastAct => ({ ...one, deed: "skip", note }));
  return { stage, done: true, acts, time: null };
}

function act(
  deed: ForecastAct["deed"],
  kind: string,
  name: string,
  more: Partial<Pick<ForecastAct, "region" | "bytes" | "note">> = {},
): ForecastAct {
  return { deed, kind, name, region: more.region ?? null, bytes: more.bytes ?? null, note: more.note ?? "" };
}

function measured(value: number | null): Estimate | null {
  return value === null ? null : { value, basis: { kind: "measured" } };
}

/** Disks that are captured; where the plan captures none, the one that is looked at. */
function disksRead({ plan, world }: Situation): readonly SeenDisk[] {
  if (world?.source.state !== "seen") return [];
  return chosenDisks(plan.source, world.source.disks, stepOf(plan, "capture")?.options ?? {});
}

const sourceKinds: Readonly<Record<Situation["plan"]["source"]["kind"], "host" | "disk image" | "instance">> =
  {
    ssh: "host",
    local: "host",
    winrm: "host",
    esxi: "host",
    ecs: "instance",
    "image-file": "disk image",
    "image-url": "disk image",
  };

function look({ plan, world, experience }: Situation): Omit<ForecastStep, "stage" | "done"> {
  const title = sourceTitle(plan.source);
  const source = world?.source;
  const kind = sourceKinds[plan.source.kind];
  const region = plan.source.kind === "ecs" ? plan.source.region : null;
  const note =
    source?.state === "unseen" ? notes.unseenSource(source.reason) : mayRun(plan.source) ? notes.runs : "";
  const bytes =
    source?.state === "seen" ? measured(source.disks.reduce((sum, disk) => sum + disk.sizeBytes, 0)) : null;
  return {
    acts: [act("read", kind, title, { region, bytes, note })],
    time: readingTime("select", experience),
  };
}

function check({ plan, world, places, run }: Situation): Omit<ForecastStep, "stage" | "done"> {
  const upload = stepOf(plan, "upload");
  if (upload === undefined) return { acts: [], time: null };
  const name = upload.options.bucket;
  const seen = world?.bucket;
  const acts: ForecastAct[] = [];
  const mayCreate = upload.options.createBucket === true || world?.builtIn === true;
  if (seen?.state === "there") {
    acts.push(
      act("read", "bucket", name, { region: seen.region, note: notes.bucketAsIs(seen.storageClass) }),
    );
  } else if (mayCreate && seen?.state === "missing") {
    const note = upload.options.createBucket === true ? notes.bucketOfPlan : notes.bucketForRehearsal;
    acts.push(act("create", "bucket", name, { region: places.region, note }));
  } else acts.push(act("read", "bucket", name, { region: places.region, note: notes.bucketUnknown }));
  const imports = stepOf(plan, "import");
  if (imports !== undefined && (run === null || world?.importRole !== null)) {
    const creates = imports.options.createRole === true && world?.importRole !== "ready";
    if (!creates)
      acts.push(act("read", "role", importRoleName, { note: notes.role(world?.importRole ?? null) }));
  }
  return { acts, time: null };
}

function exported(situation: Situation): Omit<ForecastStep, "stage" | "done"> {
  const { plan } = situation;
  const options = stepOf(plan, "capture")?.options ?? {};
  const tool = exportTool(options) ?? "";
  const acts = disksRead(situation).map((disk) =>
    act("create", "file", `${options.share?.here ?? ""} (${disk.name})`, {
      bytes: measured(disk.sizeBytes),
      note: notes.toolReads(tool),
    }),
  );
  return { acts, time: readingTime(`export:${tool}`, situation.experience) };
}

function prepared(situation: Situation, suffix: string): Omit<ForecastStep, "stage" | "done"> {
  const { plan, experience } = situation;
  const step = stepOf(plan, "prepare");
  if (step !== undefined && isOnHost(step)) {
    return {
      acts: [act("change", "host", sourceTitle(plan.source), { note: notes.onHost })],
      time: readingTime(`prepare:${suffix}`, experience),
    };
  }
  return {
    acts: [act("create", "file", "overlay", { note: notes.overlay })],
    time: readingTime("prepare", experience),
  };
}

function uploaded(situation: Situation): Omit<ForecastStep, "stage" | "done"> {
  const { plan, world, run, hostName, experience } = situation;
  const region = world?.bucket?.state === "there" ? world.bucket.region : situation.places.region;
  const upload = stepOf(plan, "upload");
  const format = encodingTarget(plan)?.format;
  if (upload === undefined || format === undefined) return { acts: [], time: null };
  const { options } = upload;
  const record = run?.record.stages.get("upload");
  const disks = disksRead(situation);
  const names = disks.length > 0 ? disks.map(({ name }) => name) : [""];
  let leftBytes: number | null = 0;
  const acts = names.map((_, index): ForecastAct => {
    const key = objectKey({ host: hostName ?? "HOST", options }, index, format, run?.runId ?? "RUN");
    const name = `oss://${options.bucket}/${key}`;
    const there = world?.objects.find((one) => one.key === key && one.bucket === options.bucket)?.there;
    const total = disks[index]?.encodedBytes ?? null;
    const landed = record === undefined ? { parts: 0, bytes: 0 } : landedOf(record.checkpoint, index);
    if (record !== undefined && diskStates(record.checkpoint)[index]?.object)
      return act("skip", "object", name, { region, note: notes.doneBy(run?.runId ?? "") });
    leftBytes = total === null || leftBytes === null ? null : leftBytes + Math.max(0, total - landed.bytes);
    const isOthers = there !== undefined && there !== null && there.runId !== (run?.runId ?? "");
    const overwrites = isOthers && options.overwrite === true;
    return act(overwrites ? "overwrite" : "create", "object", name, {
      region,
      bytes: measured(total === null ? null : Math.max(0, total - landed.bytes)),
      note: overwrites
        ? notes.replaces
        : landed.parts > 0
          ? notes.landed(landed.parts)
          : notes.dataAndTables(format),
    });
  });
  const time =
    leftBytes === null || leftBytes === 0 ? null : sendingTime(leftBytes, options.bytesPerSecond, experience);
  return { acts, time };
}

function imported(situation: Situation): Omit<ForecastStep, "stage" | "done"> {
  const { plan, places, world } = situation;
  const options = stepOf(plan, "import")?.options ?? {};
  const builds = options.strategy === "image-builder";
  const note = builds ? notes.builder : options.detect === false ? "" : notes.detect;
  const made = madeImage(
    situation,
    "import",
    imageName(situation),
    places.region,
    imageBytes(situation),
    note,
  );
  if (options.createRole !== true || world?.importRole === "ready") return made;
  const role = act("create", "role", importRoleName, { note: notes.createRole });
  return { ...made, acts: [role, ...made.acts] };
}

function snapshotted(situation: Situation): Omit<ForecastStep, "stage" | "done"> {
  const { plan, places, world } = situation;
  const options = stepOf(plan, "snapshot")?.options ?? {};
  const disks = world?.source.state === "seen" ? world.source.disks : [];
  const taken = disks.filter(({ system }) => options.disks !== "system" || system);
  const note = options.stop === true ? "" : notes.crash;
  const acts = taken.map((disk) =>
    act("create", "snapshot", `of ${disk.name}`, {
      region: places.region,
      bytes: measured(disk.sizeBytes),
      note,
    }),
  );
  if (options.stop === true) {
    const title = sourceTitle(plan.source);
    acts.unshift(act("change", "instance", title, { region: places.region, note: notes.stopped }));
  }
  const sizeBytes = instanceBytes(situation);
  return { acts, time: waitingTime("snapshot", { region: places.region, sizeBytes }, situation.experience) };
}

/** An image with this name: taken as it is where this plan's run made it, made otherwise. */
function madeImage(
  situation: Situation,
  stage: string,
  name: string,
  region: string | null,
  sizeBytes: number | null,
  note: string,
): Omit<ForecastStep, "stage" | "done"> {
  const { world, run, experience } = situation;
  const there = world?.images.find((one) => one.name === name && one.region === region)?.there ?? null;
  const isOwn = there !== null && run !== null && there.runId === run.runId;
  if (isOwn && !hasFailed(there)) {
    const told = notes.adopted(there.imageId, run.runId);
    const time = there.status === "Available" ? null : waitingTime(stage, { region, sizeBytes }, experience);
    return { acts: [act("skip", "image", name, { region, note: told })], time };
  }
  const bytes = measured(sizeBytes);
  const removed =
    isOwn && there !== null
      ? [act("delete", "image", name, { region, note: notes.removedFirst(there.imageId) })]
      : [];
  return {
    acts: [...removed, act("create", "image", name, { region, bytes, note })],
    time: waitingTime(stage, { region, sizeBytes }, experience),
  };
}

/** Name of the image, or what stands for it while the source has not been seen. */
function imageName({ plan, places }: Situation): string {
  return places.imageName ?? (plan.source.kind === "ecs" ? notes.namedAfterRun : "HOST");
}

/** Size of the disks an image is made of: ECS counts each in whole GiB. */
function imageBytes(situation: Situation): number | null {
  const disks = disksRead(situation);
  return disks.length === 0 ? null : disks.reduce((sum, disk) => sum + roundUp(disk.sizeBytes, GiB), 0);
}

function instanceBytes({ world, plan }: Situation): number | null {
  if (world?.source.state !== "seen") return null;
  const onlySystem = stepOf(plan, "snapshot")?.options.disks === "system";
  const taken = world.source.disks.filter(({ system }) => system || !onlySystem);
  return taken.reduce((sum, disk) => sum + disk.sizeBytes, 0);
}
