import type { HeldMoment } from "@sampan/host";
import type { CaptureOptions } from "../plan/options.ts";
import { type Plan, type PlanStep, type StepOf, stepOf } from "../plan/plan.ts";
import { exportTool } from "../plan/refuse-tool.ts";
import { type DiskSource, mayRun } from "../plan/sources.ts";
import type { PipelineSteps } from "../run/stage-definition.ts";
import type { AssessOutput } from "../stages/assess.ts";
import { captureStage } from "../stages/capture.ts";
import type { CheckOutput } from "../stages/check.ts";
import { chosenDisks, systemDisk } from "../stages/choose-disks.ts";
import { type EncodeOutput, type EncodingTarget, encodeStage } from "../stages/encode.ts";
import { type ExportedFile, exportStage } from "../stages/export.ts";
import { holdStage } from "../stages/hold.ts";
import { prepareStage } from "../stages/prepare.ts";
import { prepareHostStage, prepareHostSuffix } from "../stages/prepare-host.ts";
import { releaseStage } from "../stages/release.ts";
import type { SelectOutput } from "../stages/select.ts";
import { type UploadOutput, uploadStage } from "../stages/upload.ts";

/** Whether a step changes the machine that runs, and nothing of the copy. */
export function isOnHost(step: PlanStep): boolean {
  return step.verb === "prepare" && step.options.on === "host";
}

/** The step that mends the copy. */
function copyStep(plan: Plan): StepOf<"prepare"> | undefined {
  const step = stepOf(plan, "prepare");
  return step === undefined || isOnHost(step) ? undefined : step;
}

/** Mends the machine itself where the plan says so; gives the fix-ups that changed something. */
export async function prepareHost(
  p: PipelineSteps,
  plan: Plan,
  source: DiskSource,
): Promise<readonly string[]> {
  const step = stepOf(plan, "prepare");
  if (step === undefined || !isOnHost(step)) return [];
  const { skip, only, selinux } = step.options;
  const options = {
    ...(skip === undefined ? {} : { skip }),
    ...(only === undefined ? {} : { only }),
    ...(selinux === undefined ? {} : { selinux }),
  };
  return (await p.stage(prepareHostStage, { source, options }, prepareHostSuffix)).mended;
}

/** What the disks are read for, after the host was judged. */
interface JudgedHost {
  readonly host: SelectOutput;
  readonly inspection: AssessOutput["inspection"];
  /** The bucket, when the plan uploads. */
  readonly bucket: CheckOutput | undefined;
}

/** What was made of the disks, as far as the plan goes. */
interface ReadDisks {
  /** Ids of the fix-ups that changed something. */
  readonly mended: readonly string[];
  readonly images?: EncodeOutput["images"];
  readonly objects?: UploadOutput["objects"];
}

/** The stages that read the disks, at a moment that is held meanwhile on a host that runs. */
export async function readDisks(
  p: PipelineSteps,
  plan: Plan,
  source: DiskSource,
  judged: JudgedHost,
): Promise<ReadDisks> {
  const capture = stepOf(plan, "capture");
  if (capture !== undefined && exportTool(capture.options) !== undefined) {
    return readHeldDisks(p, plan, source, judged, { files: await exportDisks(p, source, judged, capture) });
  }
  if (!mayRun(source)) return readHeldDisks(p, plan, source, judged, {});
  const mends = copyStep(plan) !== undefined;
  if (capture === undefined && !mends) return { mended: [] };
  const options = capture?.options ?? {};
  const chosen = chosenDisks(source, judged.host.disks, options);
  const system = systemDisk(judged.host.disks);
  // The fix-ups are made on the system disk, also where only others are captured.
  const disks = chosen.includes(system) || !mends ? chosen : [system, ...chosen];
  const { moments } = await p.stage(holdStage, { source, disks, options: holdOptions(options) });
  const read = await readHeldDisks(p, plan, source, judged, { moments });
  await p.stage(releaseStage, { source, moments });
  return read;
}

/** Has the host write its disks into a share. */
async function exportDisks(
  p: PipelineSteps,
  source: DiskSource,
  { host }: JudgedHost,
  { options }: StepOf<"capture">,
): Promise<readonly ExportedFile[]> {
  const tool = exportTool(options);
  const { share, volumes, program, acceptLicence } = options;
  if (tool === undefined || share === undefined) return [];
  const input = {
    ...{ source, host: host.name, disks: chosenDisks(source, host.disks, options), tool, share },
    options: {
      ...(volumes === undefined ? {} : { volumes }),
      ...(program === undefined ? {} : { program }),
      ...(acceptLicence === undefined ? {} : { acceptLicence }),
    },
  };
  return (await p.stage(exportStage, input, tool)).files;
}

function holdOptions({ consistency, snapshotBytes, leaseMs }: CaptureOptions) {
  return {
    ...(consistency === undefined ? {} : { consistency }),
    ...(snapshotBytes === undefined ? {} : { snapshotBytes }),
    ...(leaseMs === undefined ? {} : { leaseMs }),
  };
}

async function readHeldDisks(
  p: PipelineSteps,
  plan: Plan,
  source: DiskSource,
  { host, inspection, bucket }: JudgedHost,
  { moments, files }: { readonly moments?: readonly HeldMoment[]; readonly files?: readonly ExportedFile[] },
): Promise<ReadDisks> {
  const prepare = copyStep(plan);
  const disk = systemDisk(host.disks);
  const file = files?.find(({ of }) => of === disk.name);
  const moment = moments?.find((one) => one.disk === disk.name);
  const prepared =
    prepare === undefined
      ? undefined
      : await p.stage(prepareStage, {
          source: file?.source ?? source,
          disk: file?.disk ?? disk,
          inspection,
          ...(file === undefined ? {} : { looksAnew: true }),
          ...(moment === undefined ? {} : { moment }),
          options: prepare.options,
        });
  const overlay = prepared?.overlay ?? null;
  const mended = [...new Set(prepared?.patch.changes.flatMap((change) => change.fixups))];

  const capture = stepOf(plan, "capture");
  if (capture === undefined) return { mended };
  const { disks } = await p.stage(captureStage, {
    source,
    disks: host.disks,
    overlay,
    ...(moments === undefined ? {} : { moments }),
    ...(files === undefined ? {} : { files }),
    options: capture.options,
  });

  const target = encodingTarget(plan);
  if (target === undefined) return { mended };
  const { images } = await p.stage(encodeStage, { disks, target });

  const upload = stepOf(plan, "upload");
  if (upload === undefined || bucket === undefined) return { mended, images };
  const { bucket: name, ...options } = upload.options;
  const { objects } = await p.stage(uploadStage, {
    images,
    bucket: name,
    region: bucket.region,
    host: host.name,
    options,
  });
  return { mended, images, objects };
}

/** The format a plan encodes its disks in. */
export function encodingTarget(plan: Plan): EncodingTarget | undefined {
  const vhd = stepOf(plan, "toVhd");
  if (vhd !== undefined) return { format: "vhd", subformat: vhd.options.subformat ?? "dynamic" };
  if (stepOf(plan, "toRaw") !== undefined) return { format: "raw", subformat: "fixed" };
  if (stepOf(plan, "toQcow2") !== undefined) return { format: "qcow2", subformat: "dynamic" };
  return undefined;
}
