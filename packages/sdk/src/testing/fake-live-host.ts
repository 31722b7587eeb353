import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SampanError } from "@sampan/core";
import { inspectDisk } from "@sampan/guest";
import type { HeldMoment, HoldOptions, Host } from "@sampan/host";
import { memorySource } from "@sampan/image/testing";

/** A machine that runs, made of bytes in memory: tests change them and see what a moment keeps of them. */
export interface FakeLiveHost {
  readonly host: Host;
  /** What its disks hold now, by name; the first is the system disk. */
  readonly disks: ReadonlyMap<string, Uint8Array>;
  /** Ids of the moments held now. */
  readonly held: ReadonlyMap<string, HeldMoment>;
  /** What was asked of it, in order: `hold sda`, `release sda`, `open sda`. */
  readonly calls: string[];
  /** How moments were asked for, in order. */
  readonly asked: readonly HoldOptions[];
  /** Files of the machine that preparing it would change, by path; those changed already are gone from here. */
  readonly unprepared: Set<string>;
  /** The share as this machine sees it: where a tool of the machine writes disks. */
  share: string | null;
  /** Makes the next calls of this kind fail. */
  fail(call: string, error: Error): void;
  /** Lets go of everything, as when the leases end or the host is started again. */
  forget(): void;
}

/** Makes a machine with these disks. */
export function fakeLiveHost(given: Readonly<Record<string, Uint8Array>>): FakeLiveHost {
  const disks = new Map(Object.entries(given));
  const kept = new Map<string, { readonly moment: HeldMoment; readonly bytes: Uint8Array }>();
  const held = new Map<string, HeldMoment>();
  const calls: string[] = [];
  const asked: HoldOptions[] = [];
  const failures = new Map<string, Error>();
  const unprepared = new Set<string>();
  const preparations: string[] = [];

  const called = (call: string): void => {
    calls.push(call);
    const failure = failures.get(call);
    if (failure !== undefined) throw failure;
  };
  const bytesOf = (name: string): Uint8Array => {
    const bytes = disks.get(name);
    if (bytes === undefined) throw new SampanError("HOST_DISK_UNKNOWN", `opening disk ${name}`);
    return bytes;
  };
  const lost = (moment: HeldMoment) =>
    new SampanError("HOST_MOMENT_LOST", `reading ${moment.disk} as it was: the host has let go of it`);

  const host: Host = {
    title: "ssh://root@web-01",
    name: "web-01",
    async disks() {
      return [...disks].map(([name, bytes], index) => ({
        name,
        sizeBytes: bytes.length,
        system: index === 0,
        identity: { serial: name, sizeBytes: bytes.length },
      }));
    },
    async openDisk(name) {
      called(`read ${name} as it changes`);
      return memorySource(bytesOf(name));
    },
    live: {
      async inspect() {
        called("inspect");
        const [system] = disks.values();
        return inspectDisk(memorySource(system ?? new Uint8Array(0)));
      },
      async hold(disk: string, options: HoldOptions) {
        called(`hold ${disk}`);
        asked.push(options);
        const { id, consistency, leaseMs } = options;
        const known = held.get(id);
        if (known !== undefined) return known;
        const made = consistency === "snapshot" ? [`LVM snapshot vg0/${id}`] : [];
        const moment = { id, disk, consistency, leaseMs, made, notes: [`${id} is held`], state: {} };
        held.set(id, moment);
        kept.set(id, { moment, bytes: bytesOf(disk).slice() });
        return moment;
      },
      async openMoment(moment) {
        called(`open ${moment.disk}`);
        const found = kept.get(moment.id);
        if (found === undefined || !held.has(moment.id)) throw lost(moment);
        // The host goes on writing: each time somebody looks at the moment, its disk is another.
        bytesOf(moment.disk).fill(calls.length, 4096, 8192);
        return memorySource(found.bytes);
      },
      async release(moment) {
        called(`release ${moment.disk}`);
        held.delete(moment.id);
      },
      async prepare({ id, only }) {
        called("look what to prepare");
        const paths = only?.includes("nothing") ? [] : [...unprepared];
        const changes = paths.map((path) => ({
          ...{ path, kind: "modify" as const, fixups: ["selinux"], link: null },
        }));
        return {
          changes: paths.map((path) => ({ fixups: ["selinux"], text: `modify ${path}` })),
          patch: { changes, diff: paths.map((path) => `--- ${path}\n`).join(""), notes: [] },
          async apply() {
            if (paths.length === 0) return { id: null, undo: null, notes: [] };
            preparations.unshift(id);
            for (const path of paths) unprepared.delete(path);
            called(`prepare ${id}`);
            return { id, undo: `sh undo-${id}.sh`, notes: [] };
          },
        };
      },
      async exportDisk(disk, { tool, folder, file, proof, onProgress }) {
        called(`${tool} ${disk} into ${folder}`);
        const { share } = fake;
        if (share === null || !existsSync(join(share, proof ?? ""))) {
          throw new SampanError("HOST_SHARE_INVALID", `${folder} is another folder`);
        }
        const bytes = bytesOf(disk);
        onProgress?.(bytes.length / 2);
        await writeFile(join(share, file), bytes, { flag: "wx" });
        called(`${tool} ${disk} done`);
        return { path: `${folder}/${file}`, sizeBytes: bytes.length };
      },
      findPreparations: async () => preparations,
      async undoPreparation(id) {
        called(`undo ${id}`);
        return [];
      },
    },
    close: async () => undefined,
  };
  const fake: FakeLiveHost = {
    share: null,
    host,
    disks,
    held,
    calls,
    asked,
    unprepared,
    fail: (call, error) => void failures.set(call, error),
    forget: () => held.clear(),
  };
  return fake;
}
