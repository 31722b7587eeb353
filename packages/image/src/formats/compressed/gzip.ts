import { createGunzip, gunzip } from "node:zlib";
import { KiB, SampanError } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { viewOf } from "../../io/buffers.ts";
import { throughTransform } from "../unzstd.ts";
import { PackedReader, readWhole } from "./packed-reader.ts";
import { maximumUnits, UnitIndex } from "./unit-index.ts";

/*
 * gzip (RFC 1952), and its blocked form BGZF (SAM/BAM Format Specification, section 4.1), whose members of at most 64 KiB each
 * say in their header how long they are.
 */

/** Whether a file begins like a gzip file. */
export function looksLikeGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b && head[2] === 8;
}

const memberLimitBytes = 64 * KiB;

/** The index of a BGZF file, made of its headers alone; `undefined` when some member is an ordinary one. */
export async function indexBgzf(
  container: BlockSource,
  signal: AbortSignal | undefined,
): Promise<UnitIndex | undefined> {
  const index = new UnitIndex(gunzipMember);
  const reader = new PackedReader(container, 4 * KiB, signal);
  while (!reader.ended) {
    const at = reader.at;
    const length = memberBytes(await reader.peek(18));
    if (length === undefined || at + length > container.sizeBytes || index.count >= maximumUnits)
      return undefined;
    reader.skip(length - 4);
    const contentBytes = viewOf(await reader.take(4)).getUint32(0, true);
    if (contentBytes > memberLimitBytes) return undefined;
    index.add(at, length, contentBytes);
  }
  return index;
}

/** The length of a member as BGZF records it: an extra field of its own, the first and only one. */
function memberBytes(head: Uint8Array): number | undefined {
  if (head.length < 18 || !looksLikeGzip(head) || head[3] !== 4) return undefined;
  const view = viewOf(head);
  const marked = view.getUint16(10, true) === 6 && head[12] === 0x42 && head[13] === 0x43;
  if (!marked || view.getUint16(14, true) !== 2) return undefined;
  const length = view.getUint16(16, true) + 1;
  return length >= 26 ? length : undefined;
}

function gunzipMember(packed: Uint8Array, contentBytes: number, at: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    gunzip(packed, { maxOutputLength: contentBytes, chunkSize: memberLimitBytes }, (error, unpacked) => {
      if (error) reject(asUnpackError(error, at));
      else resolve(unpacked);
    });
  });
}

/** Unpacks a gzip file from its beginning to its end, all its members. */
export async function* gunzipAll(
  container: BlockSource,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  try {
    yield* throughTransform(readWhole(container, signal), createGunzip({ chunkSize: 256 * KiB }));
  } catch (error) {
    if (error instanceof SampanError) throw error;
    throw asUnpackError(error as NodeJS.ErrnoException, 0);
  }
}

function asUnpackError(error: NodeJS.ErrnoException, at: number): SampanError {
  // zlib's name for input that ends too soon.
  const code = error.code === "Z_BUF_ERROR" ? "IMAGE_TRUNCATED" : "IMAGE_CORRUPT";
  return new SampanError(code, `unpacking the gzip data at ${at}: ${error.code ?? "it is damaged"}`, {
    cause: error,
    details: { offset: at },
  });
}
