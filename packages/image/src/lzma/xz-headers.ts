import { crc32 } from "node:zlib";
import { viewOf } from "../io/buffers.ts";
import { PieceReader } from "./piece-reader.ts";

/** Bytes of the header, and of the footer, of a stream. */
export const streamHeaderBytes = 12;

const magic = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] as const;
const lzma2 = 0x21;
/** Filters by id (XZ file format 1.2.1, section 5.3); only LZMA2 is read. */
const filterNames: ReadonlyMap<number, string> = new Map([
  [0x03, "delta"],
  [0x04, "x86"],
  [0x05, "PowerPC"],
  [0x06, "IA-64"],
  [0x07, "ARM"],
  [0x08, "ARM Thumb"],
  [0x09, "SPARC"],
  [0x0a, "ARM64"],
  [0x0b, "RISC-V"],
]);

/** What the header of a block says. */
export interface XzBlockHeader {
  readonly headerBytes: number;
  readonly dictionaryBytes: number;
  /** Bytes before and after unpacking; `undefined` when the header does not say. */
  readonly packedBytes: number | undefined;
  readonly unpackedBytes: number | undefined;
}

/** Whether a file begins like an xz file. */
export function looksLikeXz(head: Uint8Array): boolean {
  return magic.every((byte, at) => head[at] === byte);
}

/** Reads the header of a stream and gives the id of its check. */
export async function readStreamHeader(reader: PieceReader): Promise<number> {
  const header = await reader.take(streamHeaderBytes);
  if (!looksLikeXz(header)) throw reader.damaged("something that is no xz stream");
  if (viewOf(header).getUint32(8, true) !== crc32(header.subarray(6, 8)))
    throw reader.damaged("a stream header whose checksum is wrong");
  return checkId(reader, header.subarray(6, 8));
}

/** Reads the footer of a stream and holds it against its header and its index. */
export async function readStreamFooter(
  reader: PieceReader,
  check: number,
  indexBytes: number,
): Promise<void> {
  const footer = await reader.take(streamHeaderBytes);
  const view = viewOf(footer);
  const sound =
    footer[10] === 0x59 &&
    footer[11] === 0x5a &&
    view.getUint32(0, true) === crc32(footer.subarray(4, 10)) &&
    (view.getUint32(4, true) + 1) * 4 === indexBytes;
  if (!sound || checkId(reader, footer.subarray(8, 10)) !== check)
    throw reader.damaged("a stream footer that contradicts its stream");
}

function checkId(reader: PieceReader, [first = 0, id = 0]: Uint8Array): number {
  if (first !== 0 || id > 15)
    throw reader.unsupported("stream flags from after xz 5", { flags: (first << 8) | id });
  return id;
}

/** Reads the header of a block, of which the first byte is not zero. */
export async function readBlockHeader(reader: PieceReader): Promise<XzBlockHeader> {
  const [sizeByte = 0] = await reader.peek(1);
  const header = await reader.take((sizeByte + 1) * 4);
  const end = header.length - 4;
  if (viewOf(header).getUint32(end, true) !== crc32(header.subarray(0, end)))
    throw reader.damaged("a block header whose checksum is wrong");
  const fields = new PieceReader([header.subarray(2, end)], "the block header of xz data");
  const flags = header[1] as number;
  if ((flags & 0x3c) !== 0) throw reader.unsupported("block flags from after xz 5", { flags });
  const packedBytes = (flags & 0x40) !== 0 ? await readNumber(fields) : undefined;
  const unpackedBytes = (flags & 0x80) !== 0 ? await readNumber(fields) : undefined;
  const id = await readNumber(fields);
  const filter = filterNames.get(id) ?? id;
  if (id !== lzma2) throw reader.unsupported(`the filter ${filter}`, { filter });
  const properties = await fields.take(await readNumber(fields));
  const [bits = 0] = properties;
  // LZMA2 comes last, and a block has at least one filter.
  if ((flags & 3) !== 0 || properties.length !== 1 || bits > 40)
    throw reader.damaged("a block header that makes no sense");
  const dictionaryBytes = bits === 40 ? 2 ** 32 - 1 : (2 | (bits & 1)) * 2 ** ((bits >> 1) + 11);
  return { headerBytes: header.length, dictionaryBytes, packedBytes, unpackedBytes };
}

/** Reads a number of up to 63 bits: seven bits a byte, the lowest first. `onByte` is told each of them. */
export async function readNumber(reader: PieceReader, onByte?: (byte: Uint8Array) => void): Promise<number> {
  let value = 0;
  for (let place = 0; place < 9; place++) {
    const bytes = await reader.take(1);
    onByte?.(bytes);
    const [byte = 0] = bytes;
    value += (byte & 0x7f) * 2 ** (7 * place);
    if (byte < 0x80) return value;
  }
  throw reader.damaged("a number without end");
}
