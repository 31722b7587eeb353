import {
  assertRangeWithin,
  type ByteRange,
  defaultRetryPolicy,
  isSampanError,
  rangeEnd,
  retryDelayMs,
  SampanError,
  systemClock,
  throwIfCancelled,
} from "@sampan/core";
import type { BlockSource, BlockSourceFeatures, Extent } from "@sampan/image";
import { type HttpAnswer, type HttpClient, letGo } from "./http-client.ts";
import { statusFailure } from "./http-failure.ts";
import { type HttpOptions, shownUrl } from "./http-target.ts";
import {
  assertPlainBytes,
  changeBetween,
  contentRange,
  type FileVersion,
  ifRange,
  refusedRangeSize,
  versionOf,
} from "./range-answer.ts";

type Trying = Pick<HttpOptions, "retryPolicy" | "clock">;

/**
 * Asks what a file is, by its first byte: a server may refuse HEAD where an address is signed for GET, and only a range that
 * was really served shows that ranges are.
 *
 * @returns `undefined` when there is no such file.
 * @throws `HOST_RANGES_UNSUPPORTED` for a server that gives the whole file; `HOST_UNREACHABLE`, `HOST_CERTIFICATE_REFUSED`,
 * `HOST_LOGIN_REFUSED`, `HOST_CONNECTION_LOST`, `HOST_ANSWER_INVALID`.
 */
export async function askHttpFile(
  client: HttpClient,
  url: URL,
  trying: Trying,
  signal?: AbortSignal,
): Promise<FileVersion | undefined> {
  const doing = `opening ${shownUrl(url)}`;
  return untilDone(trying, signal, async () => {
    const answer = await client.get(url, { Range: "bytes=0-0" }, doing, signal);
    const { status, headers, body } = answer;
    try {
      if (status === 404 || status === 410) return undefined;
      if (status === 416 && refusedRangeSize(headers) === 0) return versionOf(headers, 0);
      if (status === 200) throw withoutRanges(doing, headers["content-length"]);
      if (status !== 206) throw statusFailure(doing, status, headers);
      assertPlainBytes(headers, doing);
      const range = contentRange(headers);
      if (range?.first !== 0) throw badRange(doing, headers["content-range"]);
      await client.fill(answer, new Uint8Array(1), doing, () => undefined, signal);
      return versionOf(headers, range.sizeBytes);
    } finally {
      letGo(body);
    }
  });
}

/**
 * A file on a web server, read by ranges.
 *
 * Each read is one request, made again from where it broke off; reads may run in parallel. Every answer is held against the
 * version the file had when it was opened: another size, ETag or date ends in `HOST_SOURCE_CHANGED`. Where the server names
 * neither ETag nor date the source is not `stable`. Closing it leaves the client open.
 */
export class HttpFile implements BlockSource {
  readonly sizeBytes: number;
  readonly features: BlockSourceFeatures;
  readonly #client: HttpClient;
  readonly #url: URL;
  readonly #version: FileVersion;
  readonly #trying: Trying;
  /** Where a redirect led last; asked first, as long as it answers. */
  #place: URL | undefined;
  #closed = false;

  constructor(client: HttpClient, url: URL, version: FileVersion, trying: Trying) {
    this.#client = client;
    this.#url = url;
    this.#version = version;
    this.#trying = trying;
    this.sizeBytes = version.sizeBytes;
    this.features = {
      extents: "none",
      stable: version.etag !== null || version.lastModified !== null,
    };
  }

  async read(range: ByteRange, into: Uint8Array, signal?: AbortSignal): Promise<void> {
    assertRangeWithin(range, this.sizeBytes, into.length);
    const progress = { done: 0 };
    await untilDone(
      this.#trying,
      signal,
      async () => {
        while (progress.done < range.length) {
          if (this.#closed) {
            throw new SampanError(
              "IMAGE_UNREADABLE",
              `reading ${shownUrl(this.#url)}, which has been closed`,
            );
          }
          const rest = { offset: range.offset + progress.done, length: range.length - progress.done };
          await this.#readSome(rest, into.subarray(progress.done), progress, signal);
        }
      },
      () => progress.done,
    );
  }

  async *extents(
    range: ByteRange = { offset: 0, length: this.sizeBytes },
    signal?: AbortSignal,
  ): AsyncGenerator<Extent> {
    assertRangeWithin(range, this.sizeBytes);
    throwIfCancelled(signal);
    if (range.length > 0) yield { ...range, kind: "data" };
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  async #readSome(
    range: ByteRange,
    into: Uint8Array,
    progress: { done: number },
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const doing = `reading ${range.length} bytes at ${range.offset} of ${shownUrl(this.#url)}`;
    const answer = await this.#ask(range, doing, signal);
    const { status, body } = answer;
    try {
      const found = this.#partOf(answer, range, doing);
      const length = Math.min(into.length, found.last - found.first + 1);
      let got = 0;
      await this.#client.fill(
        answer,
        into.subarray(0, length),
        doing,
        (bytes) => {
          got += bytes;
          progress.done += bytes;
        },
        signal,
      );
      if (got < length) {
        throw new SampanError("HOST_CONNECTION_LOST", `${doing}: the answer ends after ${got} bytes`, {
          retryable: true,
          details: { status, got },
        });
      }
    } finally {
      letGo(body);
    }
  }

  async #ask(range: ByteRange, doing: string, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    const headers = { Range: `bytes=${range.offset}-${rangeEnd(range) - 1}`, ...ifRange(this.#version) };
    const place = this.#place;
    if (place !== undefined) {
      const answer = await this.#client.get(place, headers, doing, signal);
      // An address that was signed for a while: the first one gives a new one.
      if (answer.status < 400 || answer.status >= 500) return answer;
      letGo(answer.body);
      this.#place = undefined;
    }
    const answer = await this.#client.get(this.#url, headers, doing, signal);
    if (answer.url.href !== this.#url.href) this.#place = answer.url;
    return answer;
  }

  /** Holds an answer against what was asked and what the file was. */
  #partOf({ status, headers }: HttpAnswer, range: ByteRange, doing: string) {
    if (status === 404 || status === 410) throw changed(doing, "it is there no more");
    if (status === 412) throw changed(doing, "the server says that it is another one");
    if (status === 416) {
      const sizeBytes = refusedRangeSize(headers);
      throw changed(doing, sizeBytes === undefined ? "it ends before that" : `it has ${sizeBytes} bytes now`);
    }
    if (status === 200) {
      const length = Number(headers["content-length"] ?? Number.NaN);
      const now = versionOf(headers, Number.isSafeInteger(length) ? length : this.sizeBytes);
      const change = changeBetween(this.#version, now);
      // With a condition the whole file is also the answer of a server whose file is another one.
      if (change !== undefined) throw changed(doing, change);
      throw withoutRanges(doing, headers["content-length"]);
    }
    if (status !== 206) throw statusFailure(doing, status, headers);
    assertPlainBytes(headers, doing);
    const found = contentRange(headers);
    if (found?.first !== range.offset || found.last >= rangeEnd(range)) {
      throw badRange(doing, headers["content-range"]);
    }
    const change = changeBetween(this.#version, versionOf(headers, found.sizeBytes));
    if (change !== undefined) throw changed(doing, change);
    return found;
  }
}

/** Tries again what may pass; what `doneSoFar` says to have grown begins the count anew. */
async function untilDone<T>(
  { retryPolicy = defaultRetryPolicy, clock = systemClock }: Trying,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
  doneSoFar = () => 0,
): Promise<T> {
  let attempt = 1;
  let done = 0;
  for (;;) {
    throwIfCancelled(signal);
    try {
      return await work();
    } catch (error) {
      throwIfCancelled(signal);
      if (doneSoFar() > done) attempt = 1;
      done = doneSoFar();
      if (!isSampanError(error) || !error.retryable || attempt >= retryPolicy.attempts) throw error;
      await clock.sleep(retryDelayMs(retryPolicy, attempt, Math.random, error.retryAfterMs), signal);
      attempt++;
    }
  }
}

function changed(doing: string, how: string): SampanError {
  return new SampanError("HOST_SOURCE_CHANGED", `${doing}: ${how}`);
}

function withoutRanges(doing: string, length: string | undefined): SampanError {
  return new SampanError(
    "HOST_RANGES_UNSUPPORTED",
    `${doing}: the server answers a request for a part with the whole file`,
    {
      details: { contentLength: /^\d{1,16}$/.test(length ?? "") ? Number(length) : null },
    },
  );
}

function badRange(doing: string, found: string | undefined): SampanError {
  const shown = (found ?? "none").replace(/[^\x20-\x7e]/g, "?").slice(0, 80);
  return new SampanError(
    "HOST_ANSWER_INVALID",
    `${doing}: the server answers with another part: Content-Range ${shown}`,
  );
}
