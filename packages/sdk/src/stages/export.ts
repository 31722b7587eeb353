import { randomBytes } from "node:crypto";
import { rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SampanError } from "@sampan/core";
import type { Host, HostDisk, LiveMachine } from "@sampan/host";
import type { CaptureOptions } from "../plan/options.ts";
import type { ExportTool } from "../plan/refuse-tool.ts";
import { type SourceOf, type SourceSpec, sourceTitle } from "../plan/sources.ts";
import { nearDisks, type StageContext, type StageDefinition } from "../run/stage-definition.ts";

/** What the host is asked to write. */
export interface ExportInput {
  readonly source: SourceSpec;
  /** Name of the host, which its files begin with. */
  readonly host: string;
  readonly disks: readonly HostDisk[];
  readonly tool: ExportTool;
  readonly share: { readonly onHost: string; readonly here: string };
  readonly options: Pick<CaptureOptions, "volumes" | "program" | "acceptLicence">;
}

/** A disk of the host, in a file that this machine reads. */
export interface ExportedFile {
  /** The disk's name on the host. */
  readonly of: string;
  readonly source: SourceOf<"image-file">;
  /** The disk in the file, which stands for the host's from now on. */
  readonly disk: HostDisk;
}

/** The files, in the order of the disks. */
export interface ExportOutput {
  readonly files: readonly ExportedFile[];
}

const formats = { dd: "raw", disk2vhd: "vhdx" } as const satisfies Record<ExportTool, string>;

/**
 * Has a tool on the host write its disks into a share, the whitepaper's way. Later stages read the files and leave the host alone.
 *
 * A file gets its name when it is complete, so that one which this run began and that is there is not written again. The files stay:
 * they are what the run is resumed from, and somebody's to keep. In a run its key is `capture:` and the tool.
 */
export const exportStage: StageDefinition<ExportInput, ExportOutput> = {
  name: "capture",
  place: nearDisks,
  summary: ({ tool, share }) => `having the host write its disk into ${share.onHost} by ${tool}`,
  async run(input, context) {
    const { source, disks, tool, share } = input;
    const host = await context.services.openHost(source);
    try {
      const { live } = host;
      const exportDisk = live?.exportDisk;
      if (exportDisk === undefined) {
        throw new SampanError(
          "HOST_KIND_UNSUPPORTED",
          `capturing ${sourceTitle(source)} by ${tool}: no tool is run on that kind of host`,
          { hint: "Leave the tool out." },
        );
      }
      if (tool === "dd") context.log("warning", warningOfDd);
      const files: ExportedFile[] = [];
      for (const [index, disk] of disks.entries()) {
        const file = `${fileStem(input.host)}-${context.runId}-${index}.${formats[tool]}`;
        await withProof(share.here, (proof) => write(exportDisk, disk, file, proof, input, context));
        files.push(await describe(disk, join(share.here, file), tool, context));
      }
      return { files };
    } finally {
      await host.close();
    }
  },
};

/** As of a disk that is read while nothing is held. */
const warningOfDd =
  "dd reads the disk while the host writes to it: files that change meanwhile may be torn, and its file systems are as after a power cut. Stop databases and other services that write before.";

/** A name that begins with a letter, of what every share can hold. */
function fileStem(host: string): string {
  return host.replace(/[^A-Za-z0-9.-]+/g, "-").slice(0, 60);
}

async function write(
  exportDisk: NonNullable<LiveMachine["exportDisk"]>,
  disk: HostDisk,
  file: string,
  proof: string,
  { tool, share, options }: ExportInput,
  context: StageContext,
): Promise<void> {
  const isOurs = context.checkpoint.items.includes(file);
  if (isOurs && (await isThere(join(share.here, file)))) return;
  if (!isOurs) await context.record(file);
  const { volumes, program, acceptLicence } = options;
  await exportDisk(
    disk.name,
    {
      ...{ tool, folder: share.onHost, file, proof },
      ...(volumes === undefined ? {} : { volumes }),
      ...(program === undefined ? {} : { program }),
      ...(acceptLicence === undefined ? {} : { acceptLicence }),
      onProgress: (doneBytes) =>
        context.progress({ doneBytes: Math.min(doneBytes, disk.sizeBytes), totalBytes: disk.sizeBytes }),
    },
    context.signal,
  );
}

/** Opens the file as it will be read, so that what is wrong with it shows here. */
async function describe(
  { name, system, sizeBytes }: HostDisk,
  path: string,
  tool: ExportTool,
  context: StageContext,
): Promise<ExportedFile> {
  const source = { kind: "image-file", path, format: formats[tool] } as const;
  const opened: Host = await context.services.openHost(source);
  try {
    const [disk] = await opened.disks(context.signal);
    if (disk === undefined || (tool === "dd" && disk.sizeBytes !== sizeBytes)) {
      throw new SampanError(
        "HOST_SOURCE_CHANGED",
        `reading ${path}, which ${tool} wrote of ${name}: it is not as large as the disk`,
        { details: { fileBytes: disk?.sizeBytes ?? null, diskBytes: sizeBytes } },
      );
    }
    context.log("info", `${name}: written into ${path}; the file stays there`);
    return { of: name, source, disk: { ...disk, system } };
  } finally {
    await opened.close();
  }
}

/** Puts a file into the share that the host has to see there, before hours are spent on writing into another. */
async function withProof<T>(folder: string, use: (name: string) => Promise<T>): Promise<T> {
  const name = `sampan-proof-${randomBytes(6).toString("hex")}`;
  const path = join(folder, name);
  try {
    await writeFile(path, "", { flag: "wx", mode: 0o644 });
  } catch (cause) {
    const { code = "an error" } = cause as NodeJS.ErrnoException;
    throw new SampanError(
      "HOST_SHARE_INVALID",
      `capturing into a share: ${folder} on this machine cannot be written to (${code})`,
      { hint: "`share.here` is the shared folder as this machine has it, which needs rights to it.", cause },
    );
  }
  try {
    return await use(name);
  } finally {
    await rm(path, { force: true });
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
