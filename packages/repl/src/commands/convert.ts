import { realpath, rm } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { type ExitCode, type PatchRecord, SampanError } from "@sampan/core";
import {
  AllocationMap,
  type BlockSource,
  type DiskImage,
  type EncodedFormat,
  type EncodedImage,
  encodeQcow2,
  encodeRaw,
  encodeVhd,
  openDiskImage,
  prepareCopying,
  withUsedExtents,
  writeImage,
} from "@sampan/image";
import { argument, type CommandCall, type CommandFunction, optionSet, optionText } from "../command-call.ts";
import { reportConversion, sizeNotes, skippedBytes } from "../disk/conversion-report.ts";
import { hostSource } from "../disk/host-source.ts";
import { missingParentNote, missingParentOption, openLoneVhd } from "../disk/missing-parent.ts";
import { closing, openTarget } from "../disk/open-target.ts";
import { createProgressLine } from "../render/progress-line.ts";
import { catchInterrupts } from "../run/interrupts.ts";
import { oneLine } from "../terminal/plain-text.ts";

/** `sampan convert SOURCE DESTINATION`: writes a disk image in another format. */
export const run: CommandFunction = async (call) => {
  const sourcePath = argument(call, 0);
  const destination = resolve(call.cwd, argument(call, 1));
  const target = targetFormat(call, destination);
  const stop = new AbortController();
  const release = catchInterrupts((reason) => stop.abort(cancelled(reason)));
  const startedMs = Date.now();
  try {
    return await closing(
      await openSource(call, sourcePath, target, stop.signal),
      async (image): Promise<ExitCode> => {
        await refuseSameFile(image.path, destination);
        const missingParent = image.info.missingParent ?? null;
        if (missingParent !== null) warn(call, missingParentNote(missingParent));
        const prepared = await prepareSource(call, image.source, sourcePath, stop.signal);
        const encoded = await encode(prepared.source, target);
        const { writtenBytes, writingMs } = await write(call, encoded, destination, stop.signal);
        const verified = optionSet(call.options, "verify");
        if (verified) await verify(call, prepared.source, destination, target.format, stop.signal);
        const { dataBytes } = encoded;
        reportConversion(call.output, {
          source: { path: image.path, format: image.info.format, variant: image.info.variant },
          destination: {
            path: destination,
            format: target.format,
            subformat: target.subformat,
            sizeBytes: encoded.sizeBytes,
            virtualSizeBytes: encoded.virtualSizeBytes,
          },
          dataBytes,
          writtenBytes,
          skipped: skippedBytes(
            image.source.sizeBytes,
            prepared.storedBytes ?? dataBytes,
            dataBytes,
            writtenBytes,
          ),
          ratePerSecond: writingMs > 0 && dataBytes > 0 ? Math.round((dataBytes / writingMs) * 1000) : null,
          patch: prepared.patch,
          missingParent,
          notes: [...sizeNotes(image, prepared.source, encoded), ...prepared.notes],
          verified,
          tookMs: Date.now() - startedMs,
        });
        return missingParent === null ? 0 : 3;
      },
    );
  } finally {
    release();
  }
};

function cancelled(reason: string): SampanError {
  return new SampanError("CORE_CANCELLED", `converting was cancelled ${reason}`, {
    hint: "Nothing was left behind. Run the command again to start anew.",
  });
}

interface Target {
  readonly format: EncodedFormat;
  readonly subformat: "dynamic" | "fixed" | null;
}

const endings: Readonly<Record<string, EncodedFormat>> = {
  ".vhd": "vhd",
  ".raw": "raw",
  ".img": "raw",
  ".qcow2": "qcow2",
};

function targetFormat(call: CommandCall, destination: string): Target {
  const given = optionText(call.options, "format") as EncodedFormat | undefined;
  const format = given ?? endings[extname(destination).toLowerCase()];
  if (format === undefined) {
    throw new SampanError("COMMAND_USAGE", `the ending of ${destination} names no format Sampan writes`, {
      hint: "Pass `--format vhd`, `raw` or `qcow2`.",
    });
  }
  const subformat = optionText(call.options, "subformat") as Target["subformat"] | undefined;
  if (subformat && format !== "vhd") {
    throw new SampanError("COMMAND_USAGE", `--subformat ${subformat} goes with VHD, not with ${format}`, {
      hint: "Leave it out, or pass `--format vhd`.",
    });
  }
  return { format, subformat: format === "vhd" ? (subformat ?? "dynamic") : null };
}

/**
 * Opens the source. What to do without a parent is for the user to say. When nothing is said, a lone differencing VHD may become a
 * raw file, with a warning, as other programs that read one write it; an image that a machine may be started from is made of no
 * half a disk, and neither fix-ups nor the search for free space can be trusted on one.
 */
async function openSource(
  call: CommandCall,
  path: string,
  target: Target,
  signal: AbortSignal,
): Promise<DiskImage> {
  // They take as long to start as the image takes to open.
  prepareCopying();
  const missingParent = missingParentOption(call);
  const judged = ["patch", "usedOnly"].some((name) => optionSet(call.options, name));
  if (missingParent === "zeros" && judged) {
    throw new SampanError(
      "COMMAND_USAGE",
      "--missing-parent zeros goes with neither --patch nor --used-only",
      {
        hint: "Both look at file systems, of which a part would be missing. Leave them out.",
      },
    );
  }
  const isFile = (await hostSource(call, path)) === undefined;
  if (isFile && missingParent === undefined && target.format === "raw" && !judged)
    return openLoneVhd(call, path, signal);
  return openTarget(call, path, { missingParent: missingParent ?? "refuse", signal, purpose: "read" });
}

/** Said at once, and also when quiet: whoever watches can still stop it. Under `--json` it is in the report. */
function warn({ output }: CommandCall, note: string): void {
  if (!output.asJson) output.alert(`${output.talkColours.yellow("warning")}: ${oneLine(note)}`);
}

/** An image must never be written over itself, not even with `--force`. */
async function refuseSameFile(source: string, destination: string): Promise<void> {
  const [from, to] = await Promise.all([source, destination].map((path) => realpath(path).catch(() => path)));
  if (from === to) {
    throw new SampanError("COMMAND_USAGE", `source and destination are the same file, ${source}`, {
      hint: "Give the destination another name.",
    });
  }
}

interface Prepared {
  readonly source: BlockSource;
  /** What the source stores of the disk, free space included; absent when all of it is read. */
  readonly storedBytes?: number;
  readonly patch: PatchRecord | null;
  readonly notes: readonly string[];
}

/** The disk as it will be written: mended, and without free space, as far as was asked for. */
async function prepareSource(
  call: CommandCall,
  source: BlockSource,
  path: string,
  signal: AbortSignal,
): Promise<Prepared> {
  let disk = source;
  let patch: PatchRecord | null = null;
  if (optionSet(call.options, "patch")) {
    const [{ inspectDisk, makePatch }, { requireGuest }] = await Promise.all([
      import("@sampan/guest"),
      import("../disk/require-guest.ts"),
    ]);
    const inspection = await inspectDisk(disk, signal);
    requireGuest(inspection, `patching ${path}`);
    const made = await makePatch(disk, inspection, { signal });
    disk = made.overlay;
    patch = made.record;
  }
  if (!optionSet(call.options, "usedOnly")) return { source: disk, patch, notes: [] };
  // Read from the mended disk: what a fix-up wrote is in use.
  const { readDiskLayout, readUsedMap } = await import("@sampan/guest/volumes");
  const used = await readUsedMap(disk, await readDiskLayout(disk, signal), signal);
  const { dataBytes } = await AllocationMap.read(disk, signal);
  return { source: withUsedExtents(disk, used.map), storedBytes: dataBytes, patch, notes: used.notes };
}

function encode(source: BlockSource, target: Target): Promise<EncodedImage> {
  if (target.format === "raw") return encodeRaw(source);
  if (target.format === "qcow2") return encodeQcow2(source);
  return encodeVhd(source, { subformat: target.subformat ?? "dynamic" });
}

async function write(
  call: CommandCall,
  encoded: EncodedImage,
  destination: string,
  signal: AbortSignal,
): Promise<{ readonly writtenBytes: number; readonly writingMs: number }> {
  const line = createProgressLine(call.output, "writing");
  const startedMs = Date.now();
  try {
    const { writtenBytes } = await writeImage(encoded, destination, {
      overwrite: optionSet(call.options, "force"),
      // Like cp and qemu-img, a conversion ends when the system has the bytes; who asks for proof waits for the medium too.
      durable: optionSet(call.options, "verify"),
      onProgress: line.update,
      signal,
    });
    return { writtenBytes, writingMs: Date.now() - startedMs };
  } finally {
    line.end();
  }
}

async function verify(
  call: CommandCall,
  expected: BlockSource,
  destination: string,
  format: EncodedFormat,
  signal: AbortSignal,
): Promise<void> {
  const { compareDisks } = await import("../disk/compare-disks.ts");
  const line = createProgressLine(call.output, "comparing");
  try {
    await closing(await openDiskImage(destination, { format, signal }), (written) =>
      compareDisks(expected, written.source, { signal, onProgress: line.update }),
    );
  } catch (error) {
    // What was to be proven and was not must not pass for an image.
    await rm(destination, { force: true });
    throw error;
  } finally {
    line.end();
  }
}
