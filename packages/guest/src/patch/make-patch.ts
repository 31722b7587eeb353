import { isSampanError, MiB, type PatchRecord, SampanError } from "@sampan/core";
import { type BlockSource, createOverlay, type Overlay } from "@sampan/image";
import { ExtVolume } from "../ext/ext-volume.ts";
import { incompat, roCompat } from "../ext/superblock.ts";
import { readFreeRanges } from "../ext/used-blocks.ts";
import { type FileVolume, readFileBytes } from "../files/file-volume.ts";
import type { MountedFiles } from "../files/mounted-files.ts";
import { ReadBudget } from "../files/paged-reader.ts";
import { SubtreeVolume } from "../files/subtree-volume.ts";
import { defaultSettings, type FixupSettings } from "../fixups/fixup.ts";
import { fixups } from "../fixups/index.ts";
import type { DiskInspection } from "../inspection.ts";
import { type OpenedGuest, openGuest } from "../open-guest.ts";
import { volumeName } from "../volumes/volume-name.ts";
import { volumeSource, writableVolume } from "../volumes/volume-source.ts";
import { type ExtChange, writeExtChanges } from "./ext-writer.ts";
import { applyFixups, chooseFixups } from "./stage-fixups.ts";
import { type StagedChange, StagedFiles, toPatchChange } from "./staged-files.ts";
import { unifiedDiff } from "./unified-diff.ts";

/** Options of {@link makePatch}. */
export interface PatchOptions {
  /** Ids of fix-ups to leave out. */
  readonly skip?: readonly string[];
  /** Ids of the only fix-ups to apply. */
  readonly only?: readonly string[];
  /** What to do where a fix-up leaves a choice. */
  readonly settings?: Partial<FixupSettings>;
  readonly signal?: AbortSignal;
}

/** A patch: what it changes, for people and programs, and the disk with the changes made. */
export interface Patch {
  readonly record: PatchRecord;
  /** The source with the changes on top; nothing was written when the record is empty. Closing it closes the source. */
  readonly overlay: Overlay;
}

const budgetBytes = 32 * MiB;

/**
 * Applies the fix-ups to a copy-on-write overlay over a disk and tells what they changed.
 *
 * The source is never written. `inspection` must be of this very disk. Idempotent: over the patched disk (inspected
 * anew) the record is empty. The record is the same on every call; the bytes of the overlay may differ in timestamps, so
 * save the overlay and reuse it where the bytes matter. Each written volume is checked before and read back after.
 *
 * Throws `GUEST_FS_DIRTY` when a volume to be changed was not unmounted cleanly, `GUEST_FS_CORRUPT` and
 * `GUEST_FS_UNSUPPORTED` when it cannot be written safely, `GUEST_PATCH_FAILED` when a change cannot be made, and
 * `CORE_ARGUMENT` for an unknown id. Without a guest the record is empty.
 */
export async function makePatch(
  source: BlockSource,
  inspection: DiskInspection,
  options: PatchOptions = {},
): Promise<Patch> {
  const { signal } = options;
  const settings = { ...defaultSettings, ...options.settings };
  const chosen = chooseFixups(fixups, inspection, settings, options);
  const overlay = createOverlay(source);
  const { layout } = inspection;
  const empty = { changes: [], diff: "", notes: [] };
  if (chosen.length === 0) return { record: empty, overlay };
  const opened = await openGuest(source, layout, new ReadBudget(budgetBytes), [], signal);
  if (opened === undefined) return { record: empty, overlay };
  const staged = new StagedFiles(opened.files, (volume) => assertExt(volume, opened));
  // Half a fix-up is none. Where the root itself cannot be written, there is no patch at all.
  const leftOut = (error: unknown) =>
    isSampanError(error, "GUEST_FS_UNSUPPORTED") && opened.files.rootVolume instanceof ExtVolume
      ? `left out: ${error.message}`
      : undefined;
  const notes = await applyFixups(staged, inspection, chosen, settings, signal, leftOut);
  const changes = await staged.changes();
  for (const [volume, list] of await byVolume(opened.files, changes)) {
    await writeVolume(source, overlay, opened, volume, list, signal);
  }
  if (changes.length > 0) await verify(overlay, inspection, changes, signal);
  return { record: { changes: changes.map(toPatchChange), diff: unifiedDiff(changes), notes }, overlay };
}

function assertExt(volume: FileVolume, opened: OpenedGuest): asserts volume is ExtVolume {
  if (volume instanceof ExtVolume) return;
  const place = opened.volumes.get(volume);
  const what =
    volume instanceof SubtreeVolume
      ? "a system that lies in a folder of it (ostree, a subvolume)"
      : (place?.fileSystem?.kind ?? "its file system");
  throw new SampanError(
    "GUEST_FS_UNSUPPORTED",
    `patching ${place === undefined ? "a volume" : volumeName(place)}: ${what} is only read, not written`,
    { hint: unwritableHint },
  );
}

/** Features that libext2fs would not keep up to date, does not know, or that forbid writing. */
const unwritten = [
  { set: "roCompat", flag: roCompat.quota, name: "quota" },
  { set: "roCompat", flag: roCompat.readOnly, name: "read-only" },
  { set: "roCompat", flag: roCompat.sharedBlocks, name: "shared_blocks" },
  { set: "roCompat", flag: roCompat.bigalloc, name: "bigalloc" },
  { set: "roCompat", flag: roCompat.verity, name: "verity" },
  { set: "incompat", flag: incompat.caseFold, name: "casefold" },
  { set: "incompat", flag: incompat.mmp, name: "mmp" },
] as const;

const unwritableHint = "Mend the guest on the host before capture, and leave `prepare()` out of the plan.";

async function writeVolume(
  source: BlockSource,
  overlay: Overlay,
  opened: OpenedGuest,
  volume: FileVolume,
  changes: readonly ExtChange[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const place = opened.volumes.get(volume);
  if (place === undefined)
    throw new SampanError("CORE_INTERNAL", "a change lies on a volume that was not opened");
  const name = volumeName(place);
  assertExt(volume, opened);
  const { superblock } = volume;
  const sharedBy = place.logicalVolume?.sharedBy ?? null;
  if (sharedBy !== null) {
    throw new SampanError(
      "GUEST_FS_UNSUPPORTED",
      `patching ${name}, whose bytes are shared by LVM's ${sharedBy}`,
    );
  }
  if (!superblock.clean) {
    throw new SampanError("GUEST_FS_DIRTY", `patching ${name}, which was not unmounted cleanly`);
  }
  const kept = unwritten.filter((one) => (superblock[one.set] & one.flag) !== 0).map((one) => one.name);
  if (kept.length > 0) {
    throw new SampanError("GUEST_FS_UNSUPPORTED", `patching ${name}, which uses ${kept.join(", ")}`, {
      details: { features: kept },
      hint: unwritableHint,
    });
  }
  // The writer trusts the bitmaps: they are proven sound first, and must be so again afterwards.
  await readFreeRanges(volumeSource(source, place), signal);
  const writable = writableVolume(overlay, place);
  // libext2fs cannot grow a file that lies in its inode.
  const anew = (superblock.incompat & incompat.inlineData) !== 0;
  const safe = changes.map((change) =>
    change.type === "write" && change.mode === null ? { ...change, anew } : change,
  );
  await writeExtChanges(writable, safe, signal);
  await readFreeRanges(writable, signal);
}

/** Sorts changes by the volume they lie on, with paths inside it and folders made where they are missing. */
async function byVolume(
  files: MountedFiles,
  changes: readonly StagedChange[],
): Promise<ReadonlyMap<FileVolume, readonly ExtChange[]>> {
  const lists = new Map<FileVolume, ExtChange[]>();
  const made = new Set<string>();
  for (const { path, before, after } of changes) {
    const parts = path.split("/").slice(1);
    let depth = parts.length - 1;
    let folder = await files.find(`/${parts.slice(0, depth).join("/")}`);
    while (folder === undefined && depth > 0) {
      depth--;
      folder = await files.find(`/${parts.slice(0, depth).join("/")}`);
    }
    if (folder === undefined)
      throw new SampanError("GUEST_PATCH_FAILED", `changing ${path}: there is no root`);
    const mountPoint = files.mountPointOf(folder.volume);
    const inside = (whole: string) => (mountPoint === "/" ? whole : whole.slice(mountPoint.length));
    const list = lists.get(folder.volume) ?? [];
    lists.set(folder.volume, list);
    for (let end = depth + 1; end < parts.length; end++) {
      const directory = `/${parts.slice(0, end).join("/")}`;
      if (!made.has(directory)) list.push({ type: "makeDirectory", path: inside(directory), mode: 0o755 });
      made.add(directory);
    }
    const target = inside(path);
    if (before.kind !== "absent" && before.kind !== after.kind) list.push({ type: "remove", path: target });
    else if (before.kind === "link") list.push({ type: "remove", path: target });
    if (after.kind === "link") list.push({ type: "link", path: target, target: after.target });
    if (after.kind === "file") {
      const mode = before.kind === "file" ? null : after.mode;
      list.push({ type: "write", path: target, bytes: after.bytes, mode });
    }
  }
  return lists;
}

/** Reads every change back through the overlay. */
async function verify(
  overlay: Overlay,
  inspection: DiskInspection,
  changes: readonly StagedChange[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const again = await openGuest(overlay, inspection.layout, new ReadBudget(budgetBytes), [], signal);
  for (const { path, after } of changes) {
    const place = await again?.files.find(path, false);
    const right =
      after.kind === "absent"
        ? again !== undefined && place === undefined
        : after.kind === "link"
          ? place !== undefined && (await place.volume.readLink(place.node)) === after.target
          : place?.node.kind === "file" &&
            Buffer.compare(
              await readFileBytes(place.volume, place.node, after.bytes.length + 1),
              after.bytes,
            ) === 0;
    if (!right)
      throw new SampanError("GUEST_PATCH_FAILED", `reading ${path} back from the copy: it is not as written`);
  }
}
