import { SampanError } from "@sampan/core";
import type { AllocationMap } from "../allocation-map.ts";
import { assertStored, type Mapping, type PackedUnit, type Piece } from "./mapped-source.ts";

/** One part of a disk: where it stands on the disk, and where its file stands in the space of all files. */
export interface PlacedPart {
  readonly start: number;
  readonly sizeBytes: number;
  /** Where the part's file begins; what its mapping says about places in the file is counted from here. */
  readonly base: number;
  readonly mapping: Mapping;
  /** Whether its holes are the parent's bytes: for sparse parts of a delta link. */
  readonly inherits: boolean;
}

/** Where the bytes of a disk of one or more parts are. */
export class PartSet implements Mapping {
  readonly sizeBytes: number;
  readonly #parts: readonly PlacedPart[];

  constructor(parts: readonly PlacedPart[]) {
    this.#parts = parts;
    const last = parts.at(-1);
    this.sizeBytes = last ? last.start + last.sizeBytes : 0;
  }

  async locate(offset: number, end: number): Promise<Piece> {
    const part = this.#partAt(offset);
    const until = Math.min(end, part.start + part.sizeBytes);
    const piece = await part.mapping.locate(offset - part.start, until - part.start);
    switch (piece.kind) {
      case "hole":
        return part.inherits ? { kind: "parent", length: piece.length } : piece;
      case "stored":
        return { kind: "stored", length: piece.length, at: part.base + piece.at };
      case "packed": {
        return { ...piece, unit: { ...piece.unit, at: part.base + piece.unit.at } };
      }
      default:
        return piece;
    }
  }

  unpack(packed: Uint8Array, unit: PackedUnit): Promise<Uint8Array> {
    const { base, mapping } = this.#partOf(unit);
    if (!mapping.unpack) throw new SampanError("CORE_INTERNAL", "a packed unit in a part that packs nothing");
    return mapping.unpack(packed, { ...unit, at: unit.at - base });
  }

  streamWithin(packed: Uint8Array, unit: PackedUnit): { readonly from: number; readonly length: number } {
    const { base, mapping } = this.#partOf(unit);
    const all = { from: 0, length: packed.length };
    return mapping.streamWithin?.(packed, { ...unit, at: unit.at - base }) ?? all;
  }

  #partOf(unit: PackedUnit): PlacedPart {
    const part = this.#parts.findLast(({ base, mapping }) => base <= unit.at && mapping.unpack);
    if (!part) throw new SampanError("CORE_INTERNAL", "a packed unit in no part");
    return part;
  }

  #partAt(offset: number): PlacedPart {
    let low = 0;
    let high = this.#parts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#parts[middle] as PlacedPart).start <= offset) low = middle;
      else high = middle - 1;
    }
    return this.#parts[low] as PlacedPart;
  }
}

/** A flat part: bytes of a file as they are, with the file's holes where they are known. */
export class FlatMapping implements Mapping {
  readonly sizeBytes: number;
  readonly #offset: number;
  readonly #map: AllocationMap | undefined;

  /** @throws `IMAGE_TRUNCATED` when the file ends before the part does. */
  constructor(
    file: { readonly sizeBytes: number; readonly map: AllocationMap | undefined },
    offset: number,
    sizeBytes: number,
  ) {
    assertStored(offset, sizeBytes, file.sizeBytes);
    this.sizeBytes = sizeBytes;
    this.#offset = offset;
    this.#map = file.map;
  }

  async locate(offset: number, end: number): Promise<Piece> {
    const range = { offset: this.#offset + offset, length: end - offset };
    for (const extent of this.#map?.within(range) ?? []) {
      return extent.kind === "data"
        ? { kind: "stored", length: extent.length, at: extent.offset }
        : { kind: extent.kind, length: extent.length };
    }
    return { kind: "stored", length: range.length, at: range.offset };
  }
}

/** A part that has no file and reads as zeros. */
export class ZeroMapping implements Mapping {
  readonly sizeBytes: number;

  constructor(sizeBytes: number) {
    this.sizeBytes = sizeBytes;
  }

  async locate(offset: number, end: number): Promise<Piece> {
    return { kind: "zero", length: end - offset };
  }
}
