import { formatBytes, MiB, type PatchRecord } from "@sampan/core";
import type {
  BlockSource,
  DiskImage,
  DiskImageInfo,
  EncodedFormat,
  EncodedImage,
  MissingParent,
} from "@sampan/image";
import { patchLine, patchNotes } from "../render/messages.ts";
import { formatDuration, formatRate } from "../terminal/numbers.ts";
import type { Output } from "../terminal/output.ts";
import { oneLine } from "../terminal/plain-text.ts";

/** Bytes of the disk that were not written, by the reason why. */
export interface SkippedBytes {
  /** The source does not store them; they read as zero. */
  readonly holeBytes: number;
  /** File systems call them free (`--used-only`); they read as zero in the copy. */
  readonly freeBytes: number;
  /** The source stores them and they are zero; found in steps of 64 KiB. */
  readonly zeroBytes: number;
}

/** What a conversion did. Plain JSON: `sampan convert --json` prints it. */
export interface ConversionReport {
  readonly source: { readonly path: string; readonly format: string; readonly variant: string };
  readonly destination: {
    readonly path: string;
    readonly format: EncodedFormat;
    /** Variant of a VHD; `null` for other formats. */
    readonly subformat: "dynamic" | "fixed" | null;
    readonly sizeBytes: number;
    readonly virtualSizeBytes: number;
  };
  /** What was read of the source. */
  readonly dataBytes: number;
  readonly writtenBytes: number;
  readonly skipped: SkippedBytes;
  /** `dataBytes` a second while the image was written; `null` when nothing was read, or in no time. */
  readonly ratePerSecond: number | null;
  readonly patch: PatchRecord | null;
  /** Set when zeros stand in for a parent; the exit code is then 3. */
  readonly missingParent: MissingParent | null;
  readonly notes: readonly string[];
  readonly verified: boolean;
  readonly tookMs: number;
}

/** Sums up what was skipped. `storedBytes` is what the source stores of the disk, `dataBytes` what of it was to be read. */
export function skippedBytes(
  sizeBytes: number,
  storedBytes: number,
  dataBytes: number,
  writtenBytes: number,
): SkippedBytes {
  return {
    holeBytes: sizeBytes - storedBytes,
    freeBytes: storedBytes - dataBytes,
    // The tables of the copy count as written, so these are at least as many.
    zeroBytes: Math.max(0, dataBytes - writtenBytes),
  };
}

/** Says when the size of a VHD had been rounded by its writer. */
export function roundingNotes(
  info: Pick<DiskImageInfo, "format" | "details" | "virtualSizeBytes">,
): string[] {
  const { format, details, virtualSizeBytes } = info;
  if (format !== "vhd" || details.chsBytes !== virtualSizeBytes || virtualSizeBytes % MiB === 0) return [];
  return [
    `the source's size, ${virtualSizeBytes} bytes, was rounded to a CHS geometry by the program that wrote it`,
  ];
}

/** Where the copy's size is not the source's, and where a source's size had been rounded by its writer. */
export function sizeNotes(image: DiskImage, source: BlockSource, encoded: EncodedImage): readonly string[] {
  const notes = roundingNotes(image.info);
  const added = encoded.virtualSizeBytes - source.sizeBytes;
  if (added > 0) {
    const why =
      encoded.format === "vhd" ? "a VHD is a whole number of MiB" : "the format counts whole sectors";
    notes.push(`the disk grows by ${added} zero bytes to ${encoded.virtualSizeBytes}: ${why}`);
  }
  return notes;
}

/** Prints what a conversion did: one JSON value, or lines for people that end with the sum of it. */
export function reportConversion(output: Output, done: ConversionReport): void {
  if (output.asJson) {
    output.json(done);
    return;
  }
  if (done.patch !== null) {
    for (const line of [patchLine(done.patch), ...patchNotes(done.patch)]) output.talk(line);
  }
  for (const note of done.notes) output.talk(oneLine(note));
  output.talk(closingLine(done));
}

/** `/tmp/web.vhd: 1.2 GiB file, 4 GiB disk, 1.2 GiB written in 3.1 s at 400 MiB/s; skipped 2.8 GiB of holes; verified`. */
function closingLine({
  destination,
  writtenBytes,
  skipped,
  ratePerSecond,
  tookMs,
  verified,
}: ConversionReport): string {
  const reasons: readonly (readonly [bytes: number, what: string])[] = [
    [skipped.holeBytes, "holes"],
    [skipped.freeBytes, "free space"],
    [skipped.zeroBytes, "zeros"],
  ];
  const left = reasons
    .filter(([bytes]) => bytes > 0)
    .map(([bytes, what]) => `${formatBytes(bytes)} of ${what}`);
  const rate = ratePerSecond === null ? "" : ` at ${formatRate(ratePerSecond)}`;
  return [
    `${oneLine(destination.path)}: ${formatBytes(destination.sizeBytes)} file`,
    `${formatBytes(destination.virtualSizeBytes)} disk`,
    `${formatBytes(writtenBytes)} written in ${formatDuration(tookMs)}${rate}`,
  ]
    .join(", ")
    .concat(left.length > 0 ? `; skipped ${left.join(", ")}` : "", verified ? "; verified" : "");
}
