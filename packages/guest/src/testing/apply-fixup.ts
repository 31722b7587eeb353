import type { LinuxFacts } from "../facts.ts";
import { defaultSettings, type Fixup, type FixupSettings } from "../fixups/fixup.ts";
import type { DiskInspection } from "../inspection.ts";
import { MemoryGuestFiles } from "./memory-guest-files.ts";
import type { PhonyTree } from "./phony-disk.ts";

/** UUID of the first volume of {@link phonyLayout}. */
export const phonyUuid = "5a3ba1c0-6d0e-4b6f-9a51-0c0de1fe57a1";

/** A disk of three partitions: an ext4 root, one that has no UUID, and swap. */
export const phonyLayout: DiskInspection["layout"] = {
  sizeBytes: 100,
  table: { kind: "mbr", diskId: "12345678", sectorBytes: 512, partitions: [], tableRanges: [] },
  notes: [],
  volumeGroups: [],
  volumes: [1, 2, 3].map((number) => ({
    index: number - 1,
    ambiguous: false,
    logicalVolume: null,
    range: { offset: number * 10, length: 10 },
    partition: {
      number,
      range: { offset: number * 10, length: 10 },
      type: "83",
      typeName: "Linux",
      name: null,
      partUuid: `12345678-0${number}`,
      bootable: false,
    },
    fileSystem: {
      kind: number === 3 ? "swap" : "ext4",
      label: null,
      uuid: number === 1 ? phonyUuid : number === 3 ? "77777777-0000-4000-8000-000000000003" : null,
      sizeBytes: 10,
      usedBytes: 1,
      dirty: false,
      features: [],
    },
  })),
};

/** What a fix-up made of a tree of files. */
export interface FixedTree {
  readonly files: MemoryGuestFiles;
  /** What it said it had left. */
  readonly notes: readonly string[];
  /** Text of a file; `undefined` when it is not there. */
  text(path: string): Promise<string | undefined>;
}

/** Applies a fix-up to files in memory, twice; throws when the second time changes anything. */
export async function applyFixup(
  fixup: Fixup,
  tree: PhonyTree,
  facts: Partial<LinuxFacts> = {},
  settings: Partial<FixupSettings> = {},
): Promise<FixedTree> {
  const files = new MemoryGuestFiles(tree);
  const notes: string[] = [];
  const guest = {
    type: "linux",
    rootVolume: 0,
    fstab: [],
    firewalls: [],
    interfaces: [],
    hypervisorTools: [],
    ...facts,
  } as unknown as LinuxFacts;
  const context = {
    inspection: { layout: phonyLayout, guest, notes: [] },
    settings: { ...defaultSettings, ...settings },
    note: (text: string) => notes.push(text),
    undo: () => files.restore(before),
  };
  let before = files.snapshot();
  await fixup.apply(files, context);
  const said = notes.length;
  const once = await contents(files);
  before = files.snapshot();
  await fixup.apply(files, context);
  const twice = await contents(files);
  if (once !== twice) throw new Error(`${fixup.id} changed more the second time:\n${once}\n---\n${twice}`);
  return { files, notes: notes.slice(0, said), text: (path) => files.readText(path) };
}

async function contents(files: MemoryGuestFiles): Promise<string> {
  const parts: string[] = [];
  for (const path of [...files.tree.keys()].sort()) {
    parts.push(`${path}: ${(await files.readLink(path)) ?? (await files.readText(path)) ?? ""}`);
  }
  return parts.join("\n");
}
