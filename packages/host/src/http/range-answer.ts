import type { IncomingHttpHeaders } from "node:http";
import { SampanError } from "@sampan/core";

/** What tells one content of a file from another, as its server says it. */
export interface FileVersion {
  readonly sizeBytes: number;
  /** With its quotes, and `W/` when it is a weak one; `null` when the server gives none. */
  readonly etag: string | null;
  /** The header as it was. */
  readonly lastModified: string | null;
}

/** The part of a file that an answer with status 206 holds (RFC 9110 §14.4). */
export interface ContentRange {
  readonly first: number;
  /** The last byte, itself counted in. */
  readonly last: number;
  readonly sizeBytes: number;
}

/** Reads `Content-Range`; `undefined` when it is not one part of bytes of a file of known size. */
export function contentRange(headers: IncomingHttpHeaders): ContentRange | undefined {
  const match = /^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16})$/i.exec(headers["content-range"]?.trim() ?? "");
  if (!match) return undefined;
  const [first = 0, last = 0, sizeBytes = 0] = match.slice(1).map(Number);
  const sound = Number.isSafeInteger(sizeBytes) && first <= last && last < sizeBytes;
  return sound ? { first, last, sizeBytes } : undefined;
}

/** The size that the answer to a refused range (status 416) names; that of an empty file is 0. */
export function refusedRangeSize(headers: IncomingHttpHeaders): number | undefined {
  const match = /^bytes \*\/(\d{1,16})$/i.exec(headers["content-range"]?.trim() ?? "");
  return match ? Number(match[1]) : undefined;
}

/** What an answer says of its file's version. */
export function versionOf(headers: IncomingHttpHeaders, sizeBytes: number): FileVersion {
  const etag = headers.etag ?? "";
  const lastModified = headers["last-modified"] ?? "";
  return {
    sizeBytes,
    etag: /^(W\/)?"[\x21\x23-\x7e\x80-\xff]{0,256}"$/.test(etag) ? etag : null,
    lastModified: /^[\x20-\x7e]{1,64}$/.test(lastModified) ? lastModified : null,
  };
}

/**
 * The condition under which a range is wanted (`If-Range`, RFC 9110 §13.1.5); a server whose file is another one answers with
 * the whole file. Weak tags may not be used so.
 */
export function ifRange({ etag, lastModified }: FileVersion): Readonly<Record<string, string>> {
  if (etag !== null && !etag.startsWith("W/")) return { "If-Range": etag };
  return lastModified === null ? {} : { "If-Range": lastModified };
}

/** Says what has changed between two versions; `undefined` when nothing that both name has. */
export function changeBetween(before: FileVersion, now: FileVersion): string | undefined {
  if (now.sizeBytes !== before.sizeBytes) return `it had ${before.sizeBytes} bytes and has ${now.sizeBytes}`;
  if (before.etag !== null && now.etag !== null && before.etag !== now.etag) return "its ETag is another";
  if (before.lastModified !== null && now.lastModified !== null && before.lastModified !== now.lastModified) {
    return `it was modified ${now.lastModified}`;
  }
  return undefined;
}

/** Refuses an answer whose bytes are not those of the file: compressed on the way, or in several parts. */
export function assertPlainBytes(headers: IncomingHttpHeaders, doing: string): void {
  const encoding = headers["content-encoding"] ?? "identity";
  const kind = headers["content-type"] ?? "";
  if (/^identity$/i.test(encoding.trim()) && !/^multipart\/byteranges/i.test(kind)) return;
  throw new SampanError(
    "HOST_ANSWER_INVALID",
    `${doing}: the server sends it in another form than asked for`,
    {
      hint: "Turn off compression for this file on the server, or give the path of a download.",
    },
  );
}
