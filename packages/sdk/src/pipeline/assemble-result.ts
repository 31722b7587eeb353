import type { Json, JsonObject } from "@sampan/core";
import type { HostResult, ImageResult, ImportResult } from "../fluent/results.ts";
import type { Plan } from "../plan/plan.ts";
import type { AssessOutput } from "../stages/assess.ts";
import type { CaptureOutput } from "../stages/capture.ts";
import type { EncodeOutput } from "../stages/encode.ts";
import type { ImageOutput, ImportOutput } from "../stages/import.ts";
import type { PrepareOutput } from "../stages/prepare.ts";
import type { ShareOutput } from "../stages/share.ts";
import type { UploadOutput } from "../stages/upload.ts";
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
  const assess = output<AssessOutput>("assess");
  const prepare = output<PrepareOutput>("prepare");
  const capture = output<CaptureOutput>("capture");
  const encode = output<EncodeOutput>("convert");
  const upload = output<UploadOutput>("upload");
  const imported = output<ImportOutput>("import");
  const share = output<ShareOutput>("share");
  const images = migrationPipeline
    .keys(plan)
    .filter((key) => key === "import" || key.startsWith("copy:"))
    .map((key) => output<ImageOutput>(key)?.image)
    .filter((image): image is ImageResult => image !== undefined);

  const result: Partial<ImportResult> & HostResult = {
    ...base,
    ...(assess && {
      guest: assess.inspection.guest,
      findings: [...assess.findings, ...(imported?.findings ?? [])],
      patch: prepare?.patch ?? null,
    }),
    ...(capture && {
      disks: capture.disks.map(({ disk, dataBytes }) => ({
        name: disk.name,
        sizeBytes: disk.sizeBytes,
        dataBytes,
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
  };
  return result as unknown as JsonObject;
}

/** How many findings the user should look at again: warnings no fix-up mended, and blockers that were accepted. */
export function countWarnings(result: JsonObject): number {
  const { findings, patch } = result as unknown as Partial<ImportResult>;
  const mended = new Set(patch?.changes.flatMap((change) => change.fixups));
  return (findings ?? []).filter(
    ({ severity, fixup }) => severity !== "info" && !(fixup !== null && mended.has(fixup)),
  ).length;
}
