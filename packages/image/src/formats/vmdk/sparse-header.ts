import { SampanError, safeInteger } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { textAt, viewOf } from "../../io/buffers.ts";
import { readBytes } from "../read-bytes.ts";
import type { GrainLayout } from "./grain-mapping.ts";

/*
 * Header of a hosted sparse extent, little-endian, sizes and places in sectors: VMware, "Virtual Disk Format 5.0", sections
 * "Hosted Sparse Extents" and "Stream-Optimized Compressed Sparse Extents".
 */

const headerBytes = 512;
export const sparseMagic = "KDMV";
/** Directory offset of a header whose real values stand in the footer at the file's end. */
const directoryAtEnd = 0xffffffffffffffffn;

const flagNewlineTest = 1;
const flagRedundantTables = 1 << 1;
const flagZeroedGrains = 1 << 2;
const flagCompressed = 1 << 16;
const flagMarkers = 1 << 17;

/** A checked header, with the directory's place from the footer where that holds it. */
export interface SparseHeader extends GrainLayout {
  readonly version: number;
  /** Where the descriptor inside the file stands; both are 0 when there is none. */
  readonly descriptorOffset: number;
  readonly descriptorBytes: number;
}

/** A header as it stands: the directory's place may be in the footer only. */
type ParsedHeader = Omit<SparseHeader, "directoryOffset"> & { readonly directoryOffset: number | undefined };

/** Reads and checks the header of a hosted sparse file, and its footer where the header says so. */
export async function readSparseHeader(
  container: BlockSource,
  path: string,
  signal: AbortSignal | undefined,
): Promise<SparseHeader> {
  const header = parseSparseHeader(await readBytes(container, 0, headerBytes, "the VMDK header", signal), 0);
  const { directoryOffset } = header;
  return directoryOffset === undefined
    ? readFooter(container, header, path, signal)
    : { ...header, directoryOffset };
}

/** How far before the end of the file a footer is looked for: products end with it, some tools pad what they copy. */
const footerSearchBytes = 1024 * 1024;

/**
 * The footer repeats the header with the real place of the directory: footer marker, footer, end-of-stream marker. The last one
 * counts, whatever stands behind it.
 */
async function readFooter(
  container: BlockSource,
  header: ParsedHeader,
  path: string,
  signal: AbortSignal | undefined,
): Promise<SparseHeader> {
  const start = Math.max(0, Math.ceil((container.sizeBytes - footerSearchBytes) / 512) * 512);
  const end = await readBytes(container, start, container.sizeBytes - start, "the VMDK footer", signal);
  let at = Math.floor(end.length / 512 - 3) * 512;
  while (at >= 0 && !isFooterAt(end, at)) at -= 512;
  if (at < 0) {
    throw new SampanError("IMAGE_TRUNCATED", `opening ${path}: no footer stands at its end`, {
      details: { path, offset: start },
    });
  }
  const footer = parseSparseHeader(end.subarray(at + 512, at + 1024), start + at + 512);
  const { directoryOffset } = footer;
  if (directoryOffset === undefined) {
    throw new SampanError("IMAGE_CORRUPT", `opening ${path}: its footer does not say where the directory is`);
  }
  if (footer.capacitySectors !== header.capacitySectors || footer.grainBytes !== header.grainBytes) {
    throw new SampanError("IMAGE_CORRUPT", `opening ${path}: its header and footer contradict each other`);
  }
  return {
    ...footer,
    directoryOffset,
    descriptorOffset: header.descriptorOffset,
    descriptorBytes: header.descriptorBytes,
  };
}

/** A marker: value (8), size (4), type (4). Type 3 announces a footer, type 0 ends the stream; both have no size. */
function isFooterAt(bytes: Uint8Array, at: number): boolean {
  const view = viewOf(bytes);
  return (
    view.getUint32(at + 8, true) === 0 &&
    view.getUint32(at + 12, true) === 3 &&
    textAt(bytes, at + 512, 4) === sparseMagic &&
    view.getUint32(at + 1024 + 8, true) === 0 &&
    view.getUint32(at + 1024 + 12, true) === 0
  );
}

/** Largest disk a VMDK of VMware's holds: 62 TiB; a little more is granted. */
const maximumSectors = 2 ** 46 / 512;

/** Reads and checks a header; what contradicts the format is `IMAGE_CORRUPT`. */
function parseSparseHeader(bytes: Uint8Array, offset: number): ParsedHeader {
  const view = viewOf(bytes);
  const wrong = (what: string) =>
    new SampanError("IMAGE_CORRUPT", `reading the VMDK header at ${offset}: ${what}`, {
      details: { offset },
    });
  if (textAt(bytes, 0, 4) !== sparseMagic) throw wrong("its magic number is missing");
  const version = view.getUint32(4, true);
  if (version < 1 || version > 3) {
    throw new SampanError("IMAGE_FORMAT_UNSUPPORTED", `reading a VMDK of version ${version}`, {
      details: { version },
    });
  }
  const flags = view.getUint32(8, true);
  if (flags & flagNewlineTest && textAt(bytes, 73, 4) !== "\n \r\n") {
    throw wrong("its line ends were changed, as a text-mode file transfer does");
  }
  const capacitySectors = field(view, 12, "the capacity of the VMDK");
  const grainSectors = field(view, 20, "the grain size of the VMDK");
  if (capacitySectors < 1 || capacitySectors > maximumSectors)
    throw wrong(`its capacity is ${capacitySectors} sectors`);
  if (grainSectors < 8 || grainSectors > 65536 || !isPowerOfTwo(grainSectors)) {
    throw wrong(`its grains have ${grainSectors} sectors`);
  }
  const entriesPerTable = view.getUint32(44, true);
  if (entriesPerTable !== 512) throw wrong(`its grain tables have ${entriesPerTable} entries, not 512`);
  const descriptorOffset = field(view, 28, "the place of the descriptor") * 512;
  const descriptorBytes = field(view, 36, "the size of the descriptor") * 512;
  const compressed = (flags & flagCompressed) !== 0;
  const algorithm = view.getUint16(77, true);
  // Compressed grains are unpacked whole in memory, several at once; VMware's have 64 KiB.
  if (compressed && grainSectors > 4096) throw wrong(`its compressed grains have ${grainSectors} sectors`);
  if (compressed && algorithm !== 1) {
    throw new SampanError("IMAGE_FORMAT_UNSUPPORTED", `reading a VMDK compressed by method ${algorithm}`, {
      details: { algorithm },
    });
  }
  if (compressed && (flags & flagMarkers) === 0) throw wrong("its grains are compressed but have no markers");
  const redundant = (flags & flagRedundantTables) !== 0 ? view.getBigUint64(48, true) : 0n;
  const rawDirectory = view.getBigUint64(56, true);
  return {
    version,
    capacitySectors,
    grainBytes: grainSectors * 512,
    entriesPerTable,
    descriptorOffset,
    descriptorBytes,
    directoryOffset:
      rawDirectory === directoryAtEnd ? undefined : field(view, 56, "the place of the grain directory") * 512,
    redundantDirectoryOffset:
      redundant === 0n || redundant > maximumSectors ? undefined : Number(redundant) * 512,
    compressed,
    zeroedGrains: (flags & flagZeroedGrains) !== 0,
  };
}

/** A count or place in sectors that is still exact as bytes. */
function field(view: DataView, at: number, what: string): number {
  const sectors = safeInteger(view.getBigUint64(at, true), what);
  if (sectors > Number.MAX_SAFE_INTEGER / 512) {
    throw new SampanError("IMAGE_CORRUPT", `${what} is ${sectors} sectors, which no file can have`);
  }
  return sectors;
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(value));
}
