import { SampanError } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { textAt, viewOf } from "../../io/buffers.ts";
import type { Mapping } from "../mapped-source.ts";
import type { TableView } from "../part-space.ts";
import { readBytes } from "../read-bytes.ts";
import { cowdMagic, readCowdHeader } from "./cowd.ts";
import { checkDirectory, type GrainDirectory, type GrainLayout, GrainMapping } from "./grain-mapping.ts";
import { openSeSparse, seSparseMagic } from "./se-sparse.ts";
import { readSparseHeader, sparseMagic } from "./sparse-header.ts";

/** Kinds of sparse files, told by their first bytes: of hosted products, of ESX, and of ESXi since 5.5. */
export type SparseKind = "hosted" | "cowd" | "seSparse";

/** Says which kind of sparse file begins so; `undefined` for none. */
export function sparseKindOf(head: Uint8Array): SparseKind | undefined {
  if (head.length < 8) return undefined;
  if (textAt(head, 0, 4) === sparseMagic) return "hosted";
  if (textAt(head, 0, 4) === cowdMagic) return "cowd";
  return viewOf(head).getBigUint64(0, true) === seSparseMagic ? "seSparse" : undefined;
}

/** A sparse file that holds a part of a disk, or all of it. */
export interface SparseFile {
  readonly kind: SparseKind;
  readonly mapping: Mapping;
  readonly compressed: boolean;
  /** Bytes of a unit that is stored or not. */
  readonly grainBytes: number;
  /** True when its first directory is broken and the redundant one is read. */
  readonly redundant: boolean;
}

/** Opens a sparse file of any kind. Does not close it, whatever happens. */
export async function openSparseFile(
  file: BlockSource,
  tables: TableView,
  path: string,
  signal: AbortSignal | undefined,
): Promise<SparseFile> {
  const head = await readBytes(file, 0, Math.min(8, file.sizeBytes), "the start of a VMDK part", signal);
  const kind = sparseKindOf(head);
  if (kind === "seSparse") {
    const mapping = await openSeSparse(file, tables, signal);
    return { kind, mapping, compressed: false, grainBytes: mapping.grainBytes, redundant: false };
  }
  if (kind === undefined) {
    throw new SampanError(
      "IMAGE_CORRUPT",
      `opening ${path}, which should be a sparse VMDK file and is none`,
      {
        details: { path },
      },
    );
  }
  const layout =
    kind === "cowd" ? await readCowdHeader(file, signal) : await readSparseHeader(file, path, signal);
  const directory = await checkDirectory(file, layout, signal);
  return sparseFile(kind, file, tables, layout, directory);
}

/** Puts a sparse file together whose header and directory were read. */
export function sparseFile(
  kind: SparseKind,
  file: BlockSource,
  tables: TableView,
  layout: GrainLayout,
  directory: GrainDirectory,
): SparseFile {
  return {
    kind,
    mapping: new GrainMapping(file.sizeBytes, tables, layout, directory),
    compressed: layout.compressed,
    grainBytes: layout.grainBytes,
    redundant: directory.redundant,
  };
}
