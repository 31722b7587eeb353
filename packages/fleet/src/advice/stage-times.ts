import { GiB, roundUp } from "@sampan/core";
import type { Plan, PlanStep } from "@sampan/sdk";
import { stagesOf, stepOf } from "@sampan/sdk/engine";
import type { FleetMigration } from "../fleet-host.ts";
import type { FleetPolicy } from "../fleet-policy.ts";
import { type FleetAssumptions, usualAssumptions } from "./assumptions.ts";

/*
 * How long the stages of a host take, and what they share with those of other hosts: one estimate, for the dry run as for the
 * simulation. Both compute with it; what comes out differs only by how they let hosts wait for each other.
 */

/** What a stage of a host is expected to need. Plain JSON. */
export interface ExpectedStage {
  /** Key of the stage, as runs tell it: `upload`, `copy:cn-shanghai`. */
  readonly stage: string;
  /** Stages of one turn go on at the same time; a turn begins when all of the one before have ended. Counted from 0. */
  readonly turn: number;
  /** Time that passes whatever the others do. */
  readonly seconds: number;
  /** Bytes that have to pass through the resource besides, which is shared with all who send at the same time; 0 for none. */
  readonly bytes: number;
  /** The most a second of them, for this host alone; `null` when only the resource limits them. */
  readonly mostBytesPerSecond: number | null;
  /**
   * What is limited: `site:NAME` carries bytes; `import:REGION` and `copy:REGION` are slots, one of which is held for the whole stage.
   * `null` for what only takes its time.
   */
  readonly resource: string | null;
}

/** What the disks of a host are taken to be. */
export interface ExpectedDisks {
  /** What ECS imports and copies, in whole GiB. */
  readonly diskBytes: number;
  /** What is sent. */
  readonly sentBytes: number;
  /** Whether the inventory gives a size; false where an assumption stands in its place. */
  readonly sizeKnown: boolean;
  /** Whether what is sent is what the inventory says is in use. */
  readonly sentByUse: boolean;
  /** Whether all of the size counts as sent for want of knowing what is in use. */
  readonly useMissing: boolean;
}

type Facts = Omit<ExpectedStage, "stage" | "turn">;
type StageFacts = (migration: FleetMigration, assumed: FleetAssumptions, suffix: string) => Facts;

const takes =
  (
    name: "assessSeconds" | "prepareSeconds" | "momentSeconds" | "layoutSeconds" | "callSeconds",
  ): StageFacts =>
  (_, assumed) =>
    time(assumed[name].value);

/** What each stage needs. A row more for a stage more. */
const needs: Readonly<Record<string, StageFacts>> = {
  select: takes("callSeconds"),
  assess: takes("assessSeconds"),
  check: takes("callSeconds"),
  hold: takes("momentSeconds"),
  release: takes("momentSeconds"),
  prepare: (_, assumed, suffix) =>
    time(suffix === "" ? assumed.prepareSeconds.value : assumed.prepareHostSeconds.value),
  // A tool on the host writes the disk into a share, whole.
  capture: (migration, assumed, tool) =>
    time(
      tool === ""
        ? assumed.layoutSeconds.value
        : expectedDisks(migration, assumed).diskBytes / assumed.hostBytesPerSecond.value,
    ),
  convert: takes("callSeconds"),
  upload: uploading,
  import: (migration, assumed) => ({
    ...time(expectedDisks(migration, assumed).diskBytes / assumed.importBytesPerSecond.value),
    resource: `import:${imageRegion(migration)}`,
  }),
  snapshot: ofInstance,
  "create-image": ofInstance,
  copy: (migration, assumed, region) => ({
    ...time(expectedDisks(migration, assumed).diskBytes / copyRate(imageRegion(migration), region, assumed)),
    resource: `copy:${region}`,
  }),
  share: takes("callSeconds"),
  launch: (_, assumed) => time(assumed.launchSeconds.value),
  verify: (_, assumed) => time(assumed.verifySeconds.value),
};

/**
 * What the stages of a host's plan are expected to need, in their order. Pure: the plan says which there are, the inventory how much
 * there is to send, the assumptions all the rest.
 */
export function expectedStages(
  migration: FleetMigration,
  assumed: FleetAssumptions = usualAssumptions,
): readonly ExpectedStage[] {
  let turn = -1;
  let before = "";
  return stagesOf(migration.plan).map((stage) => {
    const [name = "", suffix = ""] = stage.split(/:(.*)/s);
    // Copies of one image are made at the same time; everything else waits for what comes before it.
    if (name !== "copy" || before !== "copy") turn++;
    before = name;
    const facts = needs[name]?.(migration, assumed, suffix) ?? time(assumed.callSeconds.value);
    return { stage, turn, ...facts };
  });
}

/** Bytes a second that the uploads of a site may send together: what the policy says, or the assumption. */
export function siteRate(
  site: string,
  policy: Pick<FleetPolicy, "bandwidth">,
  assumed: FleetAssumptions = usualAssumptions,
): { readonly bytesPerSecond: number; readonly known: boolean } {
  const said =
    policy.bandwidth !== undefined && Object.hasOwn(policy.bandwidth, site)
      ? policy.bandwidth[site]
      : undefined;
  return { bytesPerSecond: said ?? assumed.siteBytesPerSecond.value, known: said !== undefined };
}

/** What the disks of a host are taken to be, where the inventory knows it and where it does not. */
export function expectedDisks(
  { host, plan }: FleetMigration,
  assumed: FleetAssumptions = usualAssumptions,
): ExpectedDisks {
  const { sizeBytes, usedBytes } = host;
  const sendsFreeSpace = sendsAll(plan.steps);
  const diskBytes = roundUp(sizeBytes ?? Math.max(assumed.diskBytes.value, usedBytes ?? 0), GiB);
  return {
    diskBytes,
    sentBytes: sendsFreeSpace ? diskBytes : (usedBytes ?? diskBytes),
    sizeKnown: sizeBytes !== null,
    sentByUse: !sendsFreeSpace && usedBytes !== null,
    useMissing: !sendsFreeSpace && usedBytes === null,
  };
}

/** Whether free space is sent like the rest: the plan keeps it, or its format has a byte for every byte of the disk. */
function sendsAll(steps: readonly PlanStep[]): boolean {
  return steps.some(
    (step) =>
      step.verb === "toRaw" ||
      (step.verb === "toVhd" && step.options.subformat === "fixed") ||
      (step.verb === "capture" && step.options.freeSpace === "keep"),
  );
}

function uploading(migration: FleetMigration, assumed: FleetAssumptions): Facts {
  const limit = stepOf(migration.plan, "upload")?.options.bytesPerSecond;
  const most = assumed.hostBytesPerSecond.value;
  return {
    seconds: 0,
    bytes: expectedDisks(migration, assumed).sentBytes,
    mostBytesPerSecond: limit === undefined ? most : Math.min(limit, most),
    resource: `site:${migration.host.site}`,
  };
}

function ofInstance(migration: FleetMigration, assumed: FleetAssumptions): Facts {
  return time(expectedDisks(migration, assumed).diskBytes / assumed.snapshotBytesPerSecond.value);
}

/** Region of a migration's image. */
export function imageRegion({ host, plan }: FleetMigration): string {
  if (plan.source.kind === "ecs") return plan.source.region;
  return stepOf(plan, "import")?.options.region ?? stepOf(plan, "upload")?.options.region ?? host.region;
}

/** How many disks a plan takes: the system disk where it names none. */
export function capturedDisks(plan: Plan): number {
  return stepOf(plan, "capture")?.options.disks?.length ?? 1;
}

function copyRate(from: string, to: string, assumed: FleetAssumptions): number {
  return isMainland(from) && isMainland(to)
    ? assumed.copyBytesPerSecond.value
    : assumed.farCopyBytesPerSecond.value;
}

function isMainland(region: string): boolean {
  return region.startsWith("cn-") && region !== "cn-hongkong";
}

function time(seconds: number): Facts {
  return { seconds: Math.max(0, Math.round(seconds)), bytes: 0, mostBytesPerSecond: null, resource: null };
}
