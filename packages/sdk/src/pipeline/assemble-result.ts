import type { Json, JsonObject } from "@sampan/core";
import type {
  HostResult,
  ImageResult,
  ImportResult,
  LaunchResult,
  SnapshotResult,
} from "../fluent/results.ts";
import type { Plan } from "../plan/plan.ts";
import type { AssessOutput } from "../stages/assess.ts";
import type { CaptureOutput } from "../stages/capture.ts";
import type { EncodeOutput } from "../stages/encode.ts";
import type { ImageOutput, ImportOutput } from "../stages/import.ts";
import type { LaunchOutput } from "../stages/launch.ts";
import type { PrepareOutput } from "../stages/prepare.ts";
import type { PrepareHostOutput } from "../stages/prepare-host.ts";
import type { ShareOutput } from "../stages/share.ts";
import type { SnapshotOutput } from "../stages/snapshot.ts";
import type { UploadOutput } from "../stages/upload.ts";
import type { VerifyOutput } from "../stages/verify.ts";
import { migrationPipeline } from "./migration-pipeline.ts";

/**
 * Makes the result of a run from the outputs of its stages: what was done is there, what was not is absent.
 *
 * The fields are those of the result types of the fluent stages, from `HostResult` up to `ImportResult`.
 */
export function assembleResult(
  plan: Plan,
  outputs: ReadonlyMap<string, Json | undefined>,
  base: HostResult,
): JsonObject {
  const output = <T>(key: string): T | undefined => outputs.get(key) as T | undefined;
  // An instance is judged without a look at its disks.
  const assess = output<Partial<Pick<AssessOutput, "inspection">> & Pick<AssessOutput, "findings">>("assess");
  const snapshot = output<SnapshotOutput>("snapshot");
  const launch = output<LaunchOutput>("launch");
  const verify = output<VerifyOutput>("verify");
  const prepare = output<PrepareOutput>("prepare");
  const onHost = output<PrepareHostOutput>("prepare:host");
  const capture = output<CaptureOutput>("capture");
  const encode = output<EncodeOutput>("convert");
  const upload = output<UploadOutput>("upload");
  const imported = output<ImportOutput>("import");
  const share = output<ShareOutput>("share");
  const images = migrationPipeline
    .keys(plan)
    .filter((key) => key === "import" || key === "create-image" || key.startsWith("copy:"))
    .map((key) => output<ImageOutput>(key)?.image)
    .filter((image): image is ImageResult => image !== undefined);

  const result: Partial<ImportResult & LaunchResult & SnapshotResult> & HostResult = {
    ...base,
    ...(assess && {
      guest: assess.inspection?.guest ?? null,
      findings: [...assess.findings, ...(imported?.findings ?? [])],
      patch: prepare?.patch ?? onHost?.patch ?? null,
    }),
    ...(onHost && { prepared: { changes: onHost.changes, undo: onHost.undo } }),
    ...(capture && {
      disks: capture.disks.map(({ disk, of, source, dataBytes, moment }) => ({
        name: of ?? disk.name,
        sizeBytes: disk.sizeBytes,
        dataBytes,
        ...(moment && { consistency: moment.consistency }),
        ...(of !== undefined && source.kind === "image-file" && { file: source.path }),
      })),
    }),
    ...(encode && {
      encoded: encode.images.map(({ capture: of, target, sizeBytes, virtualSizeBytes }) => ({
        disk: of.disk.name,
        format: target.format,
        sizeBytes,
        virtualSizeBytes,
      })),
    }),
    ...(upload && { objects: upload.objects }),
    ...(images.length > 0 && { images }),
    ...(imported && { cloudCheck: imported.check ?? null }),
    ...(share && { shares: share.shares }),
    ...(snapshot && { snapshots: snapshot.snapshots, consistency: snapshot.consistency }),
    ...(launch && { launched: launch.launched }),
    ...(verify && { verification: verify.verification }),
  };
  return result as unknown as JsonObject;
}

/**
 * How much the user should look at again: warnings no fix-up mended, blockers that were accepted, and an instance that was
 * looked at without a proof that it booted. A rehearsal that runs no machine could not prove anything, and is none.
 */
export function countWarnings(result: JsonObject): number {
  const { findings, patch, verification } = result as unknown as Partial<ImportResult & LaunchResult>;
  const unproven = verification?.verdict === "unproven" || verification?.verdict === "unreachable" ? 1 : 0;
  const mended = new Set(patch?.changes.flatMap((change) => change.fixups));
  const open = (findings ?? []).filter(
    ({ severity, fixup }) => severity !== "info" && !(fixup !== null && mended.has(fixup)),
  ).length;
  return open + unproven;
}
