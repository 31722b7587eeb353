import { open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { viewOf } from "../../io/buffers.ts";

/** A file of a hostile case: its bytes, or where in a sparse file of a size they stand. */
export type HostileFile =
  | Uint8Array
  | string
  | { readonly sizeBytes: number; readonly pieces: readonly Piece[] };

/** Bytes and where they stand. */
export type Piece = readonly [offset: number, bytes: Uint8Array];

/** An image that lies, in a way that broke a reader of some program once, or is made to. */
export interface HostileCase {
  /** What it is, behind "a hostile image:". */
  readonly name: string;
  readonly files: () =>
    | Readonly<Record<string, HostileFile>>
    | Promise<Readonly<Record<string, HostileFile>>>;
  /** Which of the files is opened. */
  readonly opened: string;
  /** How opening it and reading its extents and some of its bytes ends: with a value, or an error of this code. */
  readonly ends: string;
}

/** Writes the files of a case into a folder, and says which is to be opened. */
export async function writeHostileCase(hostile: HostileCase, folder: string): Promise<string> {
  for (const [name, file] of Object.entries(await hostile.files())) {
    const path = join(folder, name);
    if (typeof file === "string" || file instanceof Uint8Array) {
      await writeFile(path, file);
      continue;
    }
    const handle = await open(path, "w");
    try {
      await handle.truncate(file.sizeBytes);
      for (const [offset, bytes] of file.pieces) await handle.write(bytes, 0, bytes.length, offset);
    } finally {
      await handle.close();
    }
  }
  return join(folder, hostile.opened);
}

/** A number of a header: where it stands, its size in bits, its value. */
export type Field = readonly [offset: number, bits: 8 | 16 | 32 | 64, value: number | bigint];

/** Writes numbers into bytes and gives the bytes back. */
export function put(bytes: Uint8Array, order: "little" | "big", fields: readonly Field[]): Uint8Array {
  const view = viewOf(bytes);
  const little = order === "little";
  for (const [offset, bits, value] of fields) {
    if (bits === 64) view.setBigUint64(offset, BigInt(value), little);
    else if (bits === 32) view.setUint32(offset, Number(value), little);
    else if (bits === 16) view.setUint16(offset, Number(value), little);
    else view.setUint8(offset, Number(value));
  }
  return bytes;
}

/** The largest number of 64 bits, and the largest that is a whole number of sectors. */
export const endless = 2n ** 64n - 1n;
export const endlessSectors = 2n ** 64n - 512n;
