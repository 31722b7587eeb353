import { SampanError, safeInteger } from "@sampan/core";
import { textAt, viewOf } from "../../io/buffers.ts";

/*
 * Header of a hosted sparse extent, little-endian, sizes and places in sectors: VMware, "Virtual Disk Format 5.0", sections
 * "Hosted Sparse Extents" and "Stream-Optimized Compressed Sparse Extents".
 */

export const sparseHeaderBytes = 512;
export const sparseMagic = "KDMV";
/** Directory offset of a header whose real values stand in the footer at the file's end. */
const directoryAtEnd = 0xffffffffffffffffn;

const flagNewlineTest = 1;
const flagZeroedGrains = 1 << 2;
const flagCompressed = 1 << 16;
const flagMarkers = 1 << 17;

/** A checked header. */
export interface SparseHeader {
  readonly version: number;
  readonly capacitySectors: number;
  readonly grainBytes: number;
  readonly entriesPerTable: number;
  readonly descriptorOffset: number;
  readonly descriptorBytes: number;
  /** Byte offset of the grain directory; `undefined` when the footer must be asked. */
  readonly directoryOffset: number | undefined;
  readonly compressed: boolean;
  /** Whether table entries of 1 mean a grain of zeros. */
  readonly zeroedGrains: boolean;
}

/** Largest disk a VMDK of VMware's holds: 62 TiB; a little more is granted. */
const maximumSectors = 2 ** 46 / 512;

/** Reads and checks a header; what contradicts the format is `IMAGE_CORRUPT`. */
export function parseSparseHeader(bytes: Uint8Array, offset: number): SparseHeader {
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
