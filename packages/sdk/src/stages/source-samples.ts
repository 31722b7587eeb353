import { createHash } from "node:crypto";
import { KiB } from "@sampan/core";
import type { AllocationMap, BlockSource } from "@sampan/image";
import type { SourceChange } from "./source-changes.ts";

/** A few bytes of a disk, by where they lie and their digest (the first 64 bits of SHA-256, in hex). */
export type SourceSample = readonly [offset: number, digest: string];

const sampleBytes = 4 * KiB;
const mostSamples = 64;
const readsAtOnce = 8;

/**
 * Takes samples spread evenly over the data of a disk: what shows a content that changed under the same size, time and map. It shows
 * large changes surely and small ones by luck, and costs 256 KiB of reading.
 */
export async function takeSamples(
  source: BlockSource,
  map: AllocationMap,
  signal: AbortSignal,
): Promise<readonly SourceSample[]> {
  return readSamples(source, sampleOffsets(map), signal);
}

/** The samples that are others by now. */
export async function changedSamples(
  disk: string,
  source: BlockSource,
  samples: readonly SourceSample[],
  signal?: AbortSignal,
): Promise<readonly SourceChange[]> {
  // Other sizes are told by the disk's identity.
  const within = samples.filter(([offset]) => offset < source.sizeBytes);
  const now = await readSamples(
    source,
    within.map(([offset]) => offset),
    signal,
  );
  return within.flatMap(([offset, from], index): SourceChange[] => {
    const to = now[index]?.[1] ?? null;
    return from === to ? [] : [{ disk, field: `content at ${offset}`, from, to }];
  });
}

/** Offsets that are spread evenly over what the map calls data, each once, ascending. */
function sampleOffsets(map: AllocationMap): readonly number[] {
  const count = Math.min(mostSamples, Math.ceil(map.dataBytes / sampleBytes));
  const offsets: number[] = [];
  let before = 0;
  for (const extent of map.extents) {
    if (extent.kind !== "data") continue;
    while (offsets.length < count) {
      const wanted = Math.floor((offsets.length * map.dataBytes) / count);
      if (wanted >= before + extent.length) break;
      offsets.push(extent.offset + (wanted - before));
    }
    before += extent.length;
  }
  return offsets;
}

async function readSamples(
  source: BlockSource,
  offsets: readonly number[],
  signal?: AbortSignal,
): Promise<readonly SourceSample[]> {
  const samples: SourceSample[] = [];
  for (let index = 0; index < offsets.length; index += readsAtOnce) {
    const some = offsets.slice(index, index + readsAtOnce).map(async (offset): Promise<SourceSample> => {
      const bytes = new Uint8Array(Math.min(sampleBytes, source.sizeBytes - offset));
      await source.read({ offset, length: bytes.length }, bytes, signal);
      return [offset, createHash("sha256").update(bytes).digest("hex").slice(0, 16)];
    });
    samples.push(...(await Promise.all(some)));
  }
  return samples;
}
