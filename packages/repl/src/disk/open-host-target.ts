import { randomBytes } from "node:crypto";
import { SampanError } from "@sampan/core";
import type { DiskInspection } from "@sampan/guest";
import type { BlockSource, DiskImage, ImageFormat } from "@sampan/image";
import {
  type Consistency,
  type Host,
  type HostDisk,
  openHost,
  type SourceSpec,
  sourceTitle,
} from "@sampan/sdk";
import { type CommandCall, optionText } from "../command-call.ts";
import { secretAsker } from "../terminal/ask-secret.ts";
import { oneLine } from "../terminal/plain-text.ts";

/** What a command works on: the disk in an image file, or a disk of a host. */
export interface Target extends DiskImage {
  /** Looks at the system as it runs; absent for disks that lie still, which are looked at by their bytes. */
  readonly inspect?: (signal?: AbortSignal) => Promise<DiskInspection>;
  /** How many disks its host has; absent for the disk of an image file. */
  readonly hostDisks?: number;
}

const releaseMs = 60_000;
const leaseMs: Readonly<Record<Consistency, number>> = {
  snapshot: 1_800_000,
  freeze: 120_000,
  none: 1_800_000,
};

/** Opens the host of a source for a command; passwords are asked at the terminal, where there is one. */
export function openHostOf(call: CommandCall, source: SourceSpec): Promise<Host> {
  const ask = secretAsker(call);
  const open = call.openHost ?? openHost;
  return open(source, { env: call.env, ...(ask === undefined ? {} : { ask, atTerminal: true }) });
}

/**
 * Opens a disk of a host, the one `--disk` names or else the system disk. To `look`, it is opened as it is now; to `read` all of it, a
 * moment is held on a host that runs, as `--consistency` says, and let go when the disk is closed.
 */
export async function openHostTarget(
  call: CommandCall,
  source: SourceSpec,
  { purpose, signal }: { readonly purpose: "look" | "read"; readonly signal?: AbortSignal | undefined },
): Promise<Target> {
  const host = await openHostOf(call, source);
  try {
    const disks = await host.disks(signal);
    const disk = chooseDisk(call, host, disks);
    const opened =
      purpose === "read" && host.live !== undefined
        ? await openHeld(call, host, disk, signal)
        : lookedAt(host, disk);
    return describe(source, host, disk, disks.length, opened);
  } catch (error) {
    await host.close();
    throw error;
  }
}

function chooseDisk(call: CommandCall, host: Host, disks: readonly HostDisk[]): HostDisk {
  const wanted = optionText(call.options, "disk");
  const found = disks.find(({ name, system }) => (wanted === undefined ? system : name === wanted));
  if (found !== undefined) return found;
  throw new SampanError(
    "HOST_DISK_UNKNOWN",
    wanted === undefined
      ? `looking for the system disk of ${host.title}: none of its disks is known to be it`
      : `opening disk ${wanted} of ${host.title}`,
    { hint: `Choose one by --disk: ${disks.map(({ name }) => name).join(", ")}.` },
  );
}

/** A disk that is opened when somebody reads of it: who looks at a system that runs may need nothing of its disk. */
function lookedAt(host: Host, disk: HostDisk): BlockSource {
  let opened: Promise<BlockSource> | undefined;
  const open = (signal?: AbortSignal): Promise<BlockSource> => {
    opened ??= host.openDisk(disk.name, signal);
    return opened;
  };
  return {
    sizeBytes: disk.sizeBytes,
    features: { extents: "none", stable: host.live === undefined },
    read: async (range, into, signal) => (await open(signal)).read(range, into, signal),
    async *extents(range, signal) {
      yield* (await open(signal)).extents(range, signal);
    },
    close: async () => (await opened?.catch(() => undefined))?.close(),
  };
}

/** A disk as it was at a moment that is held until the source is closed. */
async function openHeld(
  call: CommandCall,
  host: Host,
  disk: HostDisk,
  signal: AbortSignal | undefined,
): Promise<BlockSource> {
  const { live } = host;
  if (live === undefined) return host.openDisk(disk.name, signal);
  const consistency = (optionText(call.options, "consistency") as Consistency | undefined) ?? "snapshot";
  const id = `command-${randomBytes(6).toString("hex")}`;
  const moment = await live.hold(disk.name, { id, consistency, leaseMs: leaseMs[consistency] }, signal);
  // Not by the command's signal: that may be what ended it.
  const release = () => live.release(moment, AbortSignal.timeout(releaseMs));
  try {
    for (const note of [...moment.made, ...moment.notes]) call.output.talk(oneLine(`${disk.name}: ${note}`));
    const opened = await live.openMoment(moment, signal);
    return {
      sizeBytes: opened.sizeBytes,
      features: opened.features,
      read: (range, into, cancel) => opened.read(range, into, cancel),
      extents: (range, cancel) => opened.extents(range, cancel),
      async close() {
        try {
          await opened.close();
        } finally {
          await release();
        }
      },
    };
  } catch (error) {
    // What went wrong first is what is told.
    await release().catch(() => undefined);
    throw error;
  }
}

function describe(
  source: SourceSpec,
  host: Host,
  disk: HostDisk,
  hostDisks: number,
  opened: BlockSource,
): Target {
  const { live } = host;
  const format = typeof disk.identity.format === "string" ? (disk.identity.format as ImageFormat) : "raw";
  return {
    path: `${sourceTitle(source)}${source.kind === "image-url" ? "" : ` ${disk.name}`}`,
    info: {
      format,
      variant: live === undefined ? "on its host" : "as it runs",
      virtualSizeBytes: disk.sizeBytes,
      fileSizeBytes: disk.sizeBytes,
      compressed: null,
      files: [],
      details: {},
    },
    source: {
      sizeBytes: opened.sizeBytes,
      features: opened.features,
      read: (range, into, signal) => opened.read(range, into, signal),
      extents: (range, signal) => opened.extents(range, signal),
      async close() {
        try {
          await opened.close();
        } finally {
          await host.close();
        }
      },
    },
    hostDisks,
    ...(live === undefined ? {} : { inspect: (signal?: AbortSignal) => live.inspect(signal) }),
  };
}
