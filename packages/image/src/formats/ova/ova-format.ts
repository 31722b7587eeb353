import { basename, posix } from "node:path";
import { SampanError } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import type { DiskImage, ImageFormat } from "../../disk-image.ts";
import { offsetBy } from "../../filters/offset-by.ts";
import { alsoClosing, withoutClose } from "../closing.ts";
import type { FormatReader, OpenContext, OpenedFormat } from "../format.ts";
import { MappedSource } from "../mapped-source.ts";
import { FlatMapping, PartSet, type PlacedPart } from "../part-set.ts";
import { PartSpace } from "../part-space.ts";
import { readBytes } from "../read-bytes.ts";
import { chooseDisk } from "./choose-disk.ts";
import { Manifest, manifestMissing } from "./manifest.ts";
import { looksLikeOvf, type Ovf, type OvfDisk, ovfLimitBytes, parseOvf } from "./ovf.ts";
import { firstTarName, listTar, looksLikeTar, type TarEntry } from "./tar.ts";

/** OVA: a tar archive that begins with an OVF description, or is called so and has one somewhere. The disk is read in place. */
export const ovaFormat: FormatReader = {
  format: "ova",
  holdsImages: true,
  recognises: (file) =>
    isDescription(firstTarName(file.head) ?? "") || (/\.ova$/i.test(file.path) && looksLikeTar(file.head)),
  async open(container, context) {
    const { ovf, entries } = await readOva(container, context);
    const disk = chooseDisk(ovf.disks, context.options.disk, context.path);
    const members = namesOf(disk).map((name) => findEntry(entries, name, context));
    if (context.options.checkManifest) await checkArchive(container, entries, members, context);
    const pieces = members.map(({ offset, sizeBytes }) => offsetBy(container, { offset, length: sizeBytes }));
    // A failure to open what is inside must leave the container to the caller.
    const kept = withoutClose(joined(pieces));
    const image = await context.openInner(kept, disk.file);
    return opened(image, ovf, disk, alsoClosing(image.source, container));
  },
};

/** OVF: the description alone, with its disks in files beside it. */
export const ovfFormat: FormatReader = {
  format: "ovf",
  holdsImages: true,
  recognises: (file) => looksLikeOvf(file.head),
  async open(container, context) {
    const ovf = await readOvf(container, 0, container.sizeBytes, context);
    const disk = chooseDisk(ovf.disks, context.options.disk, context.path);
    if (context.options.checkManifest) await checkBeside(container, disk, context);
    const image = await openBeside(disk, context);
    const { source, ...rest } = opened(image, ovf, disk, alsoClosing(image.source, container));
    return { ...rest, source, parts: image.info.files };
  },
};

/** Reads what a package lists, without opening a disk. */
export async function readPackage(
  container: BlockSource,
  format: ImageFormat,
  context: Pick<OpenContext, "path" | "signal">,
): Promise<Ovf> {
  return format === "ova"
    ? (await readOva(container, context)).ovf
    : readOvf(container, 0, container.sizeBytes, context);
}

async function readOva(
  container: BlockSource,
  context: Pick<OpenContext, "path" | "signal">,
): Promise<{ readonly ovf: Ovf; readonly entries: readonly TarEntry[] }> {
  const entries = await listTar(container, context.signal);
  const description = entries.find(({ name }) => isDescription(name));
  if (!description) {
    throw new SampanError(
      "IMAGE_FORMAT_UNSUPPORTED",
      `opening ${context.path}, a tar archive without an OVF description`,
      {
        details: { path: context.path },
      },
    );
  }
  return { ovf: await readOvf(container, description.offset, description.sizeBytes, context), entries };
}

/** Holds the description and the disk's files against the manifest in the archive. */
async function checkArchive(
  container: BlockSource,
  entries: readonly TarEntry[],
  members: readonly TarEntry[],
  { path, signal }: OpenContext,
): Promise<void> {
  const at = ({ offset, sizeBytes }: TarEntry) => offsetBy(container, { offset, length: sizeBytes });
  const listed = entries.find(({ name }) => /\.mf$/i.test(name) && !isOfMacOs(name));
  if (!listed) throw manifestMissing(path);
  const manifest = await Manifest.read(at(listed), path, signal);
  const description = entries.filter(({ name }) => isDescription(name)).slice(0, 1);
  for (const entry of [...description, ...members])
    await manifest.check(entry.name.replace(/^\.\//, ""), at(entry));
}

/** As {@link checkArchive}, with all files beside the description; the manifest has its name. */
async function checkBeside(
  container: BlockSource,
  disk: OvfDisk & { readonly file: string },
  { path, signal, siblings }: OpenContext,
): Promise<void> {
  const own = basename(path);
  const opened = async <T>(names: readonly string[], use: (file: BlockSource) => Promise<T>): Promise<T> => {
    const file = await siblings.openFile(names, "part");
    return use(file).finally(() => file.close());
  };
  const manifest = await opened([own.replace(/\.ovf$/i, ".mf")], (file) => Manifest.read(file, path, signal));
  await manifest.check(own, container);
  for (const name of namesOf(disk)) {
    await opened([name, decoded(name)], (file) => manifest.check(decoded(name), file));
  }
}

/** macOS puts its own attributes into archives as files whose names begin with `._`. */
function isOfMacOs(name: string): boolean {
  return posix.basename(name).startsWith("._");
}

function isDescription(name: string): boolean {
  return /\.ovf$/i.test(name) && !isOfMacOs(name);
}

async function readOvf(
  container: BlockSource,
  offset: number,
  sizeBytes: number,
  context: Pick<OpenContext, "path" | "signal">,
): Promise<Ovf> {
  if (sizeBytes > ovfLimitBytes) {
    throw new SampanError(
      "IMAGE_CORRUPT",
      `opening ${context.path}, whose OVF description has ${sizeBytes} bytes`,
      { details: { path: context.path, sizeBytes } },
    );
  }
  const bytes = await readBytes(container, offset, sizeBytes, "the OVF description", context.signal);
  return parseOvf(new TextDecoder().decode(bytes), context.path);
}

/** The files of a disk: one, or pieces numbered in nine digits. */
function namesOf(disk: OvfDisk & { readonly file: string }): readonly string[] {
  if (disk.chunks === 0) return [disk.file];
  return Array.from({ length: disk.chunks }, (_, index) => `${disk.file}.${String(index).padStart(9, "0")}`);
}

/** A reference is a relative address: as it stands, or with `%20` and the like. */
function findEntry(entries: readonly TarEntry[], name: string, context: OpenContext): TarEntry {
  const names = new Set([name, decoded(name)]);
  const found = entries.filter((entry) => names.has(entry.name.replace(/^\.\//, "")));
  const [entry] = found;
  if (!entry) {
    throw new SampanError(
      "IMAGE_PART_MISSING",
      `opening ${context.path}: ${JSON.stringify(name)} is not in it`,
      {
        hint: "The package is incomplete; export it again.",
        details: { path: context.path, named: name },
      },
    );
  }
  if (found.length > 1) {
    throw new SampanError(
      "IMAGE_CORRUPT",
      `opening ${context.path}: ${JSON.stringify(name)} is in it twice`,
      {
        details: { path: context.path, named: name },
      },
    );
  }
  return entry;
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

async function openBeside(
  disk: OvfDisk & { readonly file: string },
  context: OpenContext,
): Promise<DiskImage> {
  const names = namesOf(disk);
  if (disk.chunks === 0) return context.siblings.openImage([disk.file, decoded(disk.file)], "disk");
  const pieces: BlockSource[] = [];
  try {
    for (const name of names) pieces.push(await context.siblings.openFile([name, decoded(name)], "disk"));
  } catch (error) {
    await Promise.all(pieces.map((piece) => piece.close()));
    throw error;
  }
  return context.openInner(joined(pieces), disk.file);
}

/** Pieces one behind the other, as one source. */
function joined(pieces: readonly BlockSource[]): BlockSource {
  const [first] = pieces;
  if (first && pieces.length === 1) return first;
  const space = new PartSpace();
  const parts: PlacedPart[] = [];
  let start = 0;
  for (const piece of pieces) {
    const { sizeBytes } = piece;
    const mapping = new FlatMapping({ sizeBytes, map: undefined }, 0, sizeBytes);
    const base = space.place(piece);
    if (sizeBytes > 0) parts.push({ start, sizeBytes, base, mapping, inherits: false });
    start += sizeBytes;
  }
  return new MappedSource(space, new PartSet(parts));
}

function opened(image: DiskImage, ovf: Ovf, disk: OvfDisk, source: BlockSource): OpenedFormat {
  const { format, variant, compressed, details, virtualSizeBytes, missingParent } = image.info;
  return {
    variant: `${format} ${variant}`,
    source,
    compressed,
    details: {
      product: ovf.product,
      disks: ovf.disks.length,
      disk: { index: disk.index, id: disk.id, file: disk.file, capacityBytes: disk.capacityBytes },
      image: { format, variant, virtualSizeBytes, details },
    },
    ...(missingParent && { missingParent }),
  };
}
