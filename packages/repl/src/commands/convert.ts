import { realpath, rm } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { type ExitCode, formatBytes, isSampanError, MiB, type PatchRecord, SampanError } from "@sampan/core";
import {
  type BlockSource,
  type DiskImage,
  type EncodedFormat,
  type EncodedImage,
  encodeQcow2,
  encodeRaw,
  encodeVhd,
  openDiskImage,
  withUsedExtents,
  writeImage,
} from "@sampan/image";
import { argument, type CommandCall, type CommandFunction, optionSet, optionText } from "../command-call.ts";
import { withImage } from "../disk/open-target.ts";
import { patchLine } from "../render/messages.ts";
import { createProgressLine } from "../render/progress-line.ts";
import { catchInterrupts } from "../run/interrupts.ts";
import { formatDuration } from "../terminal/numbers.ts";
import { oneLine } from "../terminal/plain-text.ts";

/** `sampan convert SOURCE DESTINATION`: writes a disk image in another format. */
export const run: CommandFunction = async (call) => {
  const sourcePath = argument(call, 0);
  const destination = resolve(call.cwd, argument(call, 1));
  const target = targetFormat(call, destination);
  const stop = new AbortController();
  const release = catchInterrupts((reason) => stop.abort(reason));
  const startedMs = Date.now();
  try {
    return await withImage(call, sourcePath, async (image): Promise<ExitCode> => {
      await refuseSameFile(image.path, destination);
      const prepared = await prepareSource(call, image.source, sourcePath, stop.signal);
      const encoded = await encode(prepared.source, target);
      const written = await write(call, encoded, destination, stop.signal);
      const verified = optionSet(call.options, "verify");
      if (verified) await verify(call, prepared.source, destination, target.format, stop.signal);
      report(call, {
        source: { path: image.path, format: image.info.format, variant: image.info.variant },
        destination: {
          path: destination,
          format: target.format,
          subformat: target.subformat,
          sizeBytes: encoded.sizeBytes,
          virtualSizeBytes: encoded.virtualSizeBytes,
        },
        dataBytes: encoded.dataBytes,
        writtenBytes: written,
        patch: prepared.patch,
        notes: [...sizeNotes(image, prepared.source, encoded), ...prepared.notes],
        verified,
        tookMs: Date.now() - startedMs,
      });
      return 0;
    });
  } finally {
    release();
  }
};

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

/** An image must never be written over itself, not even with `--force`. */
async function refuseSameFile(source: string, destination: string): Promise<void> {
  const [from, to] = await Promise.all([source, destination].map((path) => realpath(path).catch(() => path)));
  if (from === to) {
    throw new SampanError("COMMAND_USAGE", `source and destination are the same file, ${source}`, {
      hint: "Give the destination another name.",
    });
  }
}

/** Where the copy's size is not the source's, and where a source's size had been rounded by its writer. */
function sizeNotes(image: DiskImage, source: BlockSource, encoded: EncodedImage): readonly string[] {
  const notes: string[] = [];
  const { format, details } = image.info;
  if (format === "vhd" && details.chsBytes === source.sizeBytes && source.sizeBytes % MiB !== 0) {
    notes.push(
      `the source's size, ${source.sizeBytes} bytes, was rounded to a CHS geometry by the program that wrote it`,
    );
  }
  const added = encoded.virtualSizeBytes - source.sizeBytes;
  if (added > 0) {
    notes.push(
      `the disk grows by ${added} zero bytes to ${encoded.virtualSizeBytes}: a VHD is a whole number of MiB`,
    );
  }
  return notes;
}

interface Prepared {
  readonly source: BlockSource;
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
  return { source: withUsedExtents(disk, used.map), patch, notes: used.notes };
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
): Promise<number> {
  const line = createProgressLine(call.output, "writing");
  try {
    const { writtenBytes } = await writeImage(encoded, destination, {
      overwrite: optionSet(call.options, "force"),
      // Like cp and qemu-img, a conversion ends when the system has the bytes; who asks for proof waits for the medium too.
      durable: optionSet(call.options, "verify"),
      onProgress: line.update,
      signal,
    });
    return writtenBytes;
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
  const written = await openDiskImage(destination, { format, signal });
  const line = createProgressLine(call.output, "comparing");
  try {
    await compareDisks(expected, written.source, { signal, onProgress: line.update });
  } catch (error) {
    // What is known to be wrong must not pass for an image.
    if (isSampanError(error, "COMMAND_VERIFY_FAILED")) await rm(destination, { force: true });
    throw error;
  } finally {
    line.end();
    await written.source.close();
  }
}

interface Report {
  readonly source: object;
  readonly destination: Target & {
    readonly path: string;
    readonly sizeBytes: number;
    readonly virtualSizeBytes: number;
  };
  readonly dataBytes: number;
  readonly writtenBytes: number;
  readonly patch: PatchRecord | null;
  readonly notes: readonly string[];
  readonly verified: boolean;
  readonly tookMs: number;
}

function report(call: CommandCall, done: Report): void {
  const { output } = call;
  if (output.asJson) {
    output.json(done);
    return;
  }
  if (done.patch !== null) output.talk(patchLine(done.patch));
  for (const note of done.notes) output.talk(oneLine(note));
  const { destination } = done;
  output.talk(
    `${oneLine(destination.path)}: ${formatBytes(destination.sizeBytes)} file, ` +
      `${formatBytes(destination.virtualSizeBytes)} disk, ${formatBytes(done.writtenBytes)} written ` +
      `in ${formatDuration(done.tookMs)}${done.verified ? ", verified" : ""}`,
  );
}
