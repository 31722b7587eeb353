import { SampanError } from "@sampan/core";
import type { Mapping, PackedUnit, Piece } from "../mapped-source.ts";

/** Units that are kept in an index: 24 bytes each. A file of more is unpacked instead. */
export const maximumUnits = 1024 * 1024;

/** Compressed units that follow each other and can be unpacked one by one, in any order. */
export class UnitIndex implements Mapping {
  readonly #starts: number[] = [];
  readonly #places: number[] = [];
  readonly #packedBytes: number[] = [];
  readonly #unpackUnit: (packed: Uint8Array, contentBytes: number, at: number) => Promise<Uint8Array>;
  #sizeBytes = 0;

  constructor(unpackUnit: (packed: Uint8Array, contentBytes: number, at: number) => Promise<Uint8Array>) {
    this.#unpackUnit = unpackUnit;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get count(): number {
    return this.#starts.length;
  }

  /** Adds the next unit; one that unpacks to nothing is passed over. */
  add(at: number, packedBytes: number, contentBytes: number): void {
    if (contentBytes === 0) return;
    this.#starts.push(this.#sizeBytes);
    this.#places.push(at);
    this.#packedBytes.push(packedBytes);
    this.#sizeBytes += contentBytes;
  }

  async locate(offset: number, end: number): Promise<Piece> {
    const index = lastAtMost(this.#starts, offset);
    const start = this.#starts[index] ?? 0;
    const until = Math.min(end, this.#starts[index + 1] ?? this.#sizeBytes);
    const unit = { at: this.#places[index] ?? 0, packedBytes: this.#packedBytes[index] ?? 0 };
    return { kind: "packed", length: until - offset, skip: offset - start, unit };
  }

  async unpack(packed: Uint8Array, unit: PackedUnit): Promise<Uint8Array> {
    const index = lastAtMost(this.#places, unit.at);
    const contentBytes = (this.#starts[index + 1] ?? this.#sizeBytes) - (this.#starts[index] ?? 0);
    const unpacked = await this.#unpackUnit(packed, contentBytes, unit.at);
    if (unpacked.length === contentBytes) return unpacked;
    throw new SampanError(
      "IMAGE_CORRUPT",
      `unpacking the data at ${unit.at}, which holds ${unpacked.length} bytes and should hold ${contentBytes}`,
      { details: { offset: unit.at, length: unpacked.length, contentBytes } },
    );
  }
}

/** Place of the last number that is not larger. */
function lastAtMost(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((sorted[middle] as number) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
