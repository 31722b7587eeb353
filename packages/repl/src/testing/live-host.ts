import { inspectDisk } from "@sampan/guest";
import { type HeldMoment, type Host, openHost, type SourceSpec } from "@sampan/sdk";

/** A machine that seems to run: its disk is that of an image file, and it remembers what was asked of it. */
export interface SeemingHost {
  /** What opens it, for a command under test; `sources` are those it was opened by. */
  open(source: SourceSpec): Promise<Host>;
  readonly sources: readonly SourceSpec[];
  /** `hold snapshot`, `release`, `close` … in order. */
  readonly calls: string[];
  readonly held: ReadonlyMap<string, HeldMoment>;
}

/** Makes a machine of the disk in an image file. */
export function seemingHost(path: string, leftovers: readonly string[] = []): SeemingHost {
  const sources: SourceSpec[] = [];
  const calls: string[] = [];
  const held = new Map<string, HeldMoment>();
  const left = new Set(leftovers);
  return {
    sources,
    calls,
    held,
    async open(source) {
      sources.push(source);
      const file = await openHost({ kind: "image-file", path });
      const [disk] = await file.disks();
      if (disk === undefined) throw new Error("an image without a disk");
      const name = "/dev/sda";
      return {
        title: "ssh://root@web-01",
        name: "web-01",
        disks: async () => [{ name, sizeBytes: disk.sizeBytes, system: true, identity: { serial: "1" } }],
        async openDisk() {
          calls.push("open as it changes");
          return file.openDisk(disk.name);
        },
        live: {
          async inspect() {
            calls.push("inspect");
            return inspectDisk(await file.openDisk(disk.name));
          },
          async hold(_disk, { id, consistency, leaseMs }) {
            calls.push(`hold ${consistency}`);
            const made = [`LVM snapshot vg0/${id}`];
            const moment = { id, disk: name, consistency, leaseMs, made, notes: [], state: {} };
            held.set(id, moment);
            return moment;
          },
          openMoment: async () => file.openDisk(disk.name),
          async release({ id }) {
            calls.push("release");
            held.delete(id);
          },
          heldMoments: async () => [...held.values()],
          async prepare({ id, only }) {
            const fixups = ["selinux"];
            const isThere = !calls.includes("prepare") && !only?.includes("mounts");
            const path = "/etc/selinux/config";
            const change = { path, kind: "modify" as const, fixups, link: null };
            return {
              changes: isThere ? [{ fixups, text: `modify ${path}` }] : [],
              patch: {
                changes: isThere ? [change] : [],
                diff: isThere ? "-SELINUX=enforcing\n+SELINUX=disabled\n" : "",
                notes: [{ fixup: "mounts", text: "/var stays" }],
              },
              async apply() {
                calls.push("prepare");
                return { id, undo: `sh /var/lib/sampan/undo-${id}.sh`, notes: [] };
              },
            };
          },
          findPreparations: async () => (calls.includes("prepare") ? ["second", "first"] : []),
          async undoPreparation(id) {
            calls.push(`undo ${id}`);
            return id === "first" ? ["/etc/fstab"] : [];
          },
        },
        findLeftovers: async () => [...left].map((id) => ({ id, made: [`LVM snapshot vg0/${id}`] })),
        async removeLeftover({ id }) {
          calls.push(`remove ${id}`);
          left.delete(id);
        },
        async close() {
          calls.push("close");
          await file.close();
        },
      };
    },
  };
}
