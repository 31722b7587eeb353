import { posix } from "node:path";
import { type Clock, type JsonObject, SampanError } from "@sampan/core";
import { type BlockSource, openDiskImage } from "@sampan/image";
import type { Shell } from "../connection/shell.ts";
import type { Host, HostDisk } from "../host.ts";
import { hostName } from "../image-host.ts";
import { toDatastorePath, volumesFolder } from "./datastore-path.ts";
import { EsxiFiles } from "./esxi-files.ts";
import { esxiMoments } from "./esxi-moments.ts";
import { chooseMachine, registeredMachines } from "./list-machines.ts";
import { type EsxiDisk, type EsxiMachine, readMachine } from "./machine.ts";
import { powerOf } from "./power.ts";
import { remoteFileFacts } from "./remote-file.ts";
import { readRemoteText } from "./remote-text.ts";

/** Which machine of an ESXi is meant, and how it is reached. */
export interface EsxiTarget {
  /** A connection to the ESXi, as root. The host closes it. */
  readonly shell: Shell;
  /** The machine's name, its number, or its file: `[datastore1] web-01/web-01.vmx`. */
  readonly vm: string;
}

/** Options of {@link openEsxiHost}. */
export interface EsxiHostOptions {
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  /** Where datastores are mounted. Default: `/vmfs/volumes`. */
  readonly volumesFolder?: string;
  /** Folder of the host in which leases are noted. Default: `/tmp`. */
  readonly notesFolder?: string;
}

/**
 * Opens a virtual machine of an ESXi (4.0 and later, over SSH) as a host with its virtual disks, read from the datastore: flat and
 * thin ones, those of snapshots (`vmfsSparse`, `seSparse`) and chains of them.
 *
 * A machine that is switched off is read as it lies there. One that runs has {@link Host.live}: a snapshot is made, the disks are read
 * as they were, the snapshot is removed (ESXi 5.0 and later); opening a disk of it directly is refused with `HOST_DISK_LOCKED`. So is
 * one that is suspended, whose disks lack what is in its memory. Looking at a machine that runs makes a snapshot for the time it takes.
 *
 * Disks are called by where they are plugged in, `scsi0:0`.
 *
 * @throws `HOST_KIND_UNSUPPORTED` for what is no ESXi; `HOST_MACHINE_UNKNOWN`, `HOST_COMMAND_FAILED`, `HOST_ANSWER_INVALID`. The shell is
 * then left open.
 * @example
 * ```ts
 * const host = await openEsxiHost({ shell: await openSshShell({ host: "esxi-01", user: "root" }), vm: "web-01" });
 * const [disk] = await host.disks();
 * ```
 */
export async function openEsxiHost(target: EsxiTarget, options: EsxiHostOptions = {}): Promise<Host> {
  const { shell } = target;
  const { signal, volumesFolder: volumes = volumesFolder } = options;
  const entry = chooseMachine(await registeredMachines(shell, signal), target.vm, shell.title);
  const machine = await readMachine(shell, entry, volumes, signal);
  const power = await powerOf(shell, machine.id, signal);
  const allowPaths = await foldersOf(shell, machine, volumes, signal);
  const files = new EsxiFiles(shell);
  const version = await versionOf(shell, signal);

  return {
    title: `${machine.name} on ${shell.title}`,
    name: hostName(`${machine.name}.vmx`),
    disks: async (asked) =>
      Promise.all(
        machine.disks.map((disk, index) =>
          describe(shell, machine, disk, index === 0, power === "on", asked),
        ),
      ),
    async openDisk(name, asked): Promise<BlockSource> {
      const disk = machine.disks.find(({ node }) => node === name);
      if (disk === undefined) {
        const has = machine.disks.map(({ node }) => node).join(", ") || "none";
        throw new SampanError(
          "HOST_DISK_UNKNOWN",
          `opening disk ${name} of ${machine.name}, which has only ${has}`,
        );
      }
      // It may have been switched on since.
      refuseRunning(await powerOf(shell, machine.id, asked), machine, disk);
      const image = await openDiskImage(disk.file, {
        files,
        allowPaths,
        format: "vmdk",
        ...(asked && { signal: asked }),
      });
      return image.source;
    },
    ...(power === "on" && {
      live: esxiMoments({
        shell,
        machine,
        allowPaths,
        version,
        ...(options.clock && { clock: options.clock }),
        ...(options.notesFolder !== undefined && { notesFolder: options.notesFolder }),
      }),
    }),
    close: () => shell.close(),
  };
}

function refuseRunning(power: "on" | "off" | "suspended", machine: EsxiMachine, disk: EsxiDisk): void {
  if (power === "off") return;
  throw new SampanError(
    "HOST_DISK_LOCKED",
    `opening ${disk.node} of ${machine.name}, which ${power === "on" ? "runs" : "is suspended"}`,
    power === "on"
      ? { hint: 'Capture it with `consistency: "snapshot"`, or switch the machine off.' }
      : { hint: "Resume it and shut it down: what is in its memory is on no disk." },
  );
}

/** Folders of the files a machine's own configuration and snapshots name, beside which the parts of its disks lie. */
async function foldersOf(
  shell: Shell,
  machine: EsxiMachine,
  volumes: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const folders = new Set([posix.dirname(machine.vmx)]);
  for (const { file } of machine.disks) folders.add(posix.dirname(file));
  for (const { file } of machine.disks) {
    for (const parent of await parentFolders(shell, file, volumes, signal)) folders.add(parent);
  }
  return [...folders];
}

const maximumParents = 64;

/**
 * Folders of the parents of a linked clone, which lie with another machine. Their names are in descriptors, which only who
 * administers the machine writes; they are followed within datastores alone.
 */
async function parentFolders(
  shell: Shell,
  file: string,
  volumes: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const folders: string[] = [];
  let at = file;
  for (let links = 0; links < maximumParents; links++) {
    const bytes = await readRemoteText(shell, at, signal);
    const text = bytes && new TextDecoder().decode(bytes);
    const hint = text && /^parentFileNameHint="([^"\n]{1,1024})"/m.exec(text)?.[1];
    if (!hint) break;
    at = posix.resolve(posix.dirname(at), hint);
    if (!at.startsWith(`${volumes}/`) || !/\.vmdk$/.test(at)) break;
    folders.push(posix.dirname(at));
  }
  return folders;
}

async function describe(
  shell: Shell,
  machine: EsxiMachine,
  disk: EsxiDisk,
  system: boolean,
  running: boolean,
  signal: AbortSignal | undefined,
): Promise<HostDisk> {
  const bytes = await readRemoteText(shell, disk.file, signal);
  const text = bytes === undefined ? "" : new TextDecoder().decode(bytes);
  let sectors = 0;
  const names: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [, count, name] =
      /^(?:RW|RDONLY|NOACCESS) (\d{1,15}) \w{1,20}(?: "([^"]{1,1024})")?/.exec(line) ?? [];
    sectors += Number(count ?? 0);
    if (name !== undefined) names.push(name);
  }
  if (sectors === 0 || !Number.isSafeInteger(sectors * 512)) {
    const shown = toDatastorePath(disk.file);
    throw new SampanError(
      "HOST_ANSWER_INVALID",
      `reading ${shown} of ${machine.name}: it is no descriptor of a disk`,
      {
        details: { path: disk.file, found: bytes !== undefined },
      },
    );
  }
  const uuid = /^ddb\.uuid = "([0-9A-Fa-f -]{1,60})"/m.exec(text)?.[1] ?? null;
  const identity: JsonObject = { machine: machine.uuid, node: disk.node, uuid };
  if (running) return { name: disk.node, sizeBytes: sectors * 512, system, identity };
  const files = [];
  for (const path of [disk.file, ...names.map((name) => posix.resolve(posix.dirname(disk.file), name))]) {
    const facts = await remoteFileFacts(shell, path, signal);
    files.push({
      file: posix.basename(path),
      sizeBytes: facts?.sizeBytes ?? null,
      modified: facts?.modified ?? null,
    });
  }
  return { name: disk.node, sizeBytes: sectors * 512, system, identity: { ...identity, files } };
}

/** The major version, as `vmware -v` says it: `VMware ESXi 8.0.2 build-22380479`. */
async function versionOf(shell: Shell, signal?: AbortSignal): Promise<number> {
  const { stdout } = await shell.run(["vmware", "-v"], signal ? { signal } : {});
  const major = /ESXi? (\d{1,2})\.\d/.exec(new TextDecoder().decode(stdout.subarray(0, 4096)))?.[1];
  if (major !== undefined) return Number(major);
  throw new SampanError(
    "HOST_KIND_UNSUPPORTED",
    `looking at ${shell.title}, which does not say which ESXi it is`,
  );
}
