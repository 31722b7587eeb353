import { basename, dirname } from "node:path";
import { SampanError } from "@sampan/core";
import type { AllocationMap } from "../../allocation-map.ts";
import type { BlockSource } from "../../block-source.ts";
import type { ImageFile } from "../../image-place.ts";
import type { SiblingFiles } from "../../sibling-files.ts";
import { withCoarseExtents } from "../coarse-extents.ts";
import type { OpenContext, OpenedFormat } from "../format.ts";
import { MappedSource } from "../mapped-source.ts";
import { FlatMapping, PartSet, type PlacedPart } from "../part-set.ts";
import { PartSpace } from "../part-space.ts";

/** Most parts of a set: each takes an open file. */
const maximumParts = 4096;
/** Looking for the holes of a file takes about 10 ms; of so many files it is done, the rest count as data. */
const holeSearches = 256;
/** Entries of a folder that are looked at. */
const maximumEntries = 100_000;

/** The parts of a split raw disk, by name, in order. */
export interface SplitSet {
  readonly names: readonly string[];
}

/** How the parts of a set are counted at the end of their names. */
interface Counting {
  readonly stem: string;
  readonly own: number;
  /** Numbers with which a set may begin. */
  readonly firsts: readonly number[];
  /** The number a name's end stands for; `undefined` when it is none of this kind. */
  numberOf(suffix: string): number | undefined;
  suffixOf(number: number): string;
}

/** Ends of names that mean something else when nothing of the set comes right before them. */
const otherSuffixes = ["dd", "gz", "xz", "md", "mf"];

/** `.000` or `.001` of imaging tools, `.00` of `split -d`, `.aa` of `split`. Two digits from 1 on are as often copies of a disk. */
function countingOf(name: string): Counting | undefined {
  const [, stem = "", suffix = ""] = /^(.+)\.(\d{2,6}|[a-z]{2})$/s.exec(name) ?? [];
  const { length } = suffix;
  if (length === 0) return undefined;
  if (/^\d/.test(suffix)) {
    return {
      stem,
      own: Number(suffix),
      firsts: length === 2 ? [0] : [0, 1],
      numberOf: (text) => (text.length === length && /^\d+$/.test(text) ? Number(text) : undefined),
      suffixOf: (number) => String(number).padStart(length, "0"),
    };
  }
  // In digits of base 36 a letter is ten more than its place in the alphabet.
  const numberOf = (text: string) =>
    /^[a-z]{2}$/.test(text)
      ? (Number.parseInt(text.charAt(0), 36) - 10) * 26 + Number.parseInt(text.charAt(1), 36) - 10
      : undefined;
  return {
    stem,
    own: numberOf(suffix) ?? 0,
    firsts: [0],
    numberOf,
    suffixOf: (number) => (Math.floor(number / 26) + 10).toString(36) + ((number % 26) + 10).toString(36),
  };
}

/**
 * Looks for the set a file belongs to: files of one name that end in numbers of three or more digits, from `.000` or `.001` on, in
 * two digits from `.00` on, or in letters from `.aa` on.
 *
 * Gives `undefined` for a file with another name, or with no other part beside it.
 *
 * @throws `IMAGE_PART_MISSING` when the numbers have a gap or do not begin with 0 or 1, `IMAGE_FORMAT_UNSUPPORTED` when the file
 * is not the first of its set.
 */
export async function findSplitSet(
  path: string,
  siblings: Pick<SiblingFiles, "names" | "isBeside">,
): Promise<SplitSet | undefined> {
  const counting = countingOf(basename(path));
  if (!counting) return undefined;
  const { stem, own, firsts } = counting;
  const nameOf = (number: number) => `${stem}.${counting.suffixOf(number)}`;
  const found: number[] = [];
  let seen = 0;
  const names = await siblings.names(dirname(path));
  if (!names) {
    // Counting up until a name is not there would take a lost part for the end of the disk.
    if (!(await siblings.isBeside(nameOf(own + 1)))) return undefined;
    throw new SampanError(
      "IMAGE_FORMAT_UNSUPPORTED",
      `opening ${path}, a part of a split disk in a folder that cannot be listed`,
      { hint: "Copy all its parts into one folder and open the first of them there.", details: { path } },
    );
  }
  for await (const name of names) {
    if (++seen > maximumEntries) break;
    const number = name.startsWith(`${stem}.`) ? counting.numberOf(name.slice(stem.length + 1)) : undefined;
    if (number !== undefined) found.push(number);
  }
  found.sort((a, b) => a - b);
  const numbers = found.filter(
    (number, index) =>
      !otherSuffixes.includes(counting.suffixOf(number)) || (index > 0 && found[index - 1] === number - 1),
  );
  if (numbers.length < 2 || !numbers.includes(own)) return undefined;
  const [first = 0] = numbers;
  // Names of two letters or digits tell a set only by how it begins.
  if (!firsts.includes(first) && firsts.length === 1) return undefined;
  const gap = numbers.findIndex((number, index) => number !== first + index);
  if (!firsts.includes(first) || gap >= 0) {
    const lost = nameOf(firsts.includes(first) ? first + gap : 1);
    throw new SampanError(
      "IMAGE_PART_MISSING",
      `opening ${path}: ${lost}, a part of this disk, is not there`,
      {
        hint: "Put all parts into one folder. If the file is a disk of its own, give it a name without a number at its end.",
        details: { path, named: lost },
      },
    );
  }
  if (own !== first) {
    throw new SampanError(
      "IMAGE_FORMAT_UNSUPPORTED",
      `opening ${path}, which is not the first part of its disk`,
      {
        hint: `Open ${nameOf(first)} instead: it opens all parts as one disk.`,
        details: { path, first: nameOf(first) },
      },
    );
  }
  if (numbers.length > maximumParts) {
    throw new SampanError("IMAGE_FORMAT_UNSUPPORTED", `opening ${path}, a disk in ${numbers.length} parts`, {
      hint: `At most ${maximumParts} are opened at once. Put them together, for example with \`cat\`.`,
      details: { path, parts: numbers.length },
    });
  }
  return { names: numbers.map(nameOf) };
}

/**
 * Opens the parts of a set as one disk; the first is open already.
 *
 * All parts but the last must have the size of the first, the last may be smaller: so every known tool cuts.
 */
export async function openSplitRaw(
  first: BlockSource,
  set: SplitSet,
  context: OpenContext,
): Promise<OpenedFormat> {
  const space = new PartSpace();
  const parts: PlacedPart[] = [];
  const others: ImageFile[] = [];
  let start = 0;
  let exact = true;
  const add = (file: BlockSource, map: AllocationMap | undefined) => {
    const { sizeBytes } = file;
    const base = space.place(file);
    const mapping = new FlatMapping({ sizeBytes, map }, 0, sizeBytes);
    if (sizeBytes > 0) parts.push({ start, sizeBytes, base, mapping, inherits: false });
    start += sizeBytes;
    exact &&= map !== undefined || file.features.extents === "exact";
  };
  try {
    const firstMap = await context.findHoles();
    for (const [index, name] of set.names.entries()) {
      if (index === 0) continue;
      const file = await context.siblings.openFile(name, "part");
      others.push(file);
      const last = index === set.names.length - 1;
      if (last ? file.sizeBytes > first.sizeBytes : file.sizeBytes !== first.sizeBytes) {
        throw new SampanError(
          "IMAGE_CORRUPT",
          `opening ${context.path}: its part ${name} has ${file.sizeBytes} bytes, the first has ${first.sizeBytes}`,
          { details: { part: name, sizeBytes: file.sizeBytes, firstSizeBytes: first.sizeBytes } },
        );
      }
      if (index < holeSearches) await file.findHoles(context.signal);
    }
    add(first, firstMap);
    for (const file of others) add(file, file.map);
  } catch (error) {
    await Promise.all(others.map((file) => file.close()));
    throw error;
  }
  const source = new MappedSource(space, new PartSet(parts), { depth: context.depth });
  return {
    variant: "split",
    source: exact ? source : withCoarseExtents(source),
    compressed: false,
    parts: others.map((file) => file.path),
    details: { parts: set.names.length, partBytes: first.sizeBytes },
  };
}
