import { promisify } from "node:util";
import * as zlib from "node:zlib";
import { SampanError } from "@sampan/core";
import { plainText } from "../../connection/plain-text.ts";
import type { RunningCommand, Shell } from "../../connection/shell.ts";
import { takeGreeting } from "../../connection/ssh/greeting.ts";
import { newMark } from "../../connection/ssh/remote-line.ts";
import { AnswerReader, type AnswerSink } from "./answer-reader.ts";
import {
  type AnswerEnd,
  type BlockRequest,
  type Packing,
  readAnswerEnd,
  readerScript,
  requestLine,
} from "./reader-script.ts";

const gunzip = promisify(zlib.gunzip);
type Unpack = (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Uint8Array>;
// Node has zstd since 22.15.
const zstdDecompress = (zlib as { zstdDecompress?: unknown }).zstdDecompress;
const unzstd =
  typeof zstdDecompress === "function" ? (promisify(zstdDecompress as never) as Unpack) : undefined;

/** What is asked of a channel. */
export interface ChannelRequest {
  readonly blocks: BlockRequest;
  readonly packing: Packing;
  /** Bytes of the answer as they come, at their place within it. */
  take(offset: number, part: Uint8Array): void;
  /** The answer is over, and what it says is true. */
  done(end: AnswerEnd, wireBytes: number): void;
  /** The channel failed, or the answer made no sense. Called at most once, and `done` is not. */
  failed(error: unknown): void;
}

/** One reader on a host: a process there that answers requests in their order. Pipelined, so that the way there and back costs once. */
export class ReaderChannel {
  /** Bytes that were asked for and have not come yet. */
  outstandingBytes = 0;
  /** Packers of the host that this program can unpack. */
  readonly packings: ReadonlySet<Packing>;
  readonly #running: RunningCommand;
  readonly #title: string;
  readonly #waiting: ChannelRequest[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #mark = newMark();
  #failure: unknown;
  #closed = false;
  readonly #onEnd: () => void;

  private constructor(
    running: RunningCommand,
    title: string,
    packings: ReadonlySet<Packing>,
    answerTimeoutMs: number,
    onEnd: () => void,
  ) {
    this.#running = running;
    this.#title = title;
    this.packings = packings;
    this.#onEnd = onEnd;
    this.#timer = setTimeout(() => this.#onSilence(answerTimeoutMs), answerTimeoutMs);
    this.#timer.unref();
    const reader = new AnswerReader(() => this.#nextSink());
    running.stdout.on("data", (chunk: Buffer) => {
      this.#timer.refresh();
      if (this.#failure === undefined && !reader.push(chunk)) {
        this.#fail(
          new SampanError(
            "HOST_ANSWER_INVALID",
            `${title}: what the reader there said is no answer to what it was asked`,
          ),
        );
      }
    });
    running.stdout.on("error", () => undefined);
    running.stdin.on("error", () => undefined);
    running.ended.then(
      ({ exitCode, stderr }) => this.#fail(endedEarly(title, exitCode, stderr)),
      (error: unknown) => this.#fail(error),
    );
  }

  /** Starts a reader of a path; `title` completes "reading … on …". */
  static async start(
    shell: Shell,
    path: string,
    title: string,
    options: { readonly answerTimeoutMs: number; readonly signal?: AbortSignal | undefined; onEnd(): void },
  ): Promise<ReaderChannel> {
    const hello = newMark();
    const running = await shell.startScript(readerScript, [path, hello], { asRoot: true });
    const cancel = () => running.kill();
    options.signal?.addEventListener("abort", cancel, { once: true });
    const greeting = await takeGreeting(running.stdout, hello);
    options.signal?.removeEventListener("abort", cancel);
    if (greeting === "garbage" || !("text" in greeting)) {
      running.kill();
      const { exitCode, stderr } = await running.ended;
      throw endedEarly(title, exitCode, stderr);
    }
    const tools = new Set(greeting.text.split(" "));
    const packings = new Set<Packing>(["plain"]);
    if (tools.has("gzip")) packings.add("gzip");
    if (tools.has("zstd") && unzstd !== undefined) packings.add("zstd");
    return new ReaderChannel(running, title, packings, options.answerTimeoutMs, options.onEnd);
  }

  get requests(): number {
    return this.#waiting.length;
  }

  get alive(): boolean {
    return this.#failure === undefined && !this.#closed;
  }

  ask(request: ChannelRequest): void {
    if (this.#failure !== undefined) {
      request.failed(this.#failure);
      return;
    }
    if (this.#waiting.length === 0) this.#timer.refresh();
    this.#waiting.push(request);
    this.outstandingBytes += request.blocks.blocks * request.blocks.blockBytes;
    this.#running.stdin.write(requestLine(this.#mark, request.blocks, request.packing));
  }

  /** Lets the reader end. What is still waited for fails. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#running.stdin.end();
    if (this.#waiting.length > 0) this.#running.kill();
    const patience = setTimeout(() => this.#running.kill(), 2_000);
    await this.#running.ended.then(
      () => undefined,
      () => undefined,
    );
    clearTimeout(patience);
  }

  /** The answer that comes next is to the first request that waits; it waits until its answer is over. */
  #nextSink(): AnswerSink | undefined {
    const request = this.#waiting[0];
    if (request === undefined) return undefined;
    const length = request.blocks.blocks * request.blocks.blockBytes;
    const packed: Uint8Array[] = [];
    let wireBytes = 0;
    const plain = request.packing === "plain";
    return {
      length: plain ? length : undefined,
      // What cannot be packed grows by little.
      atMost: length + length / 64 + 64 * 1024,
      mark: this.#mark,
      take: (offset, part) => {
        wireBytes += part.length;
        if (plain) request.take(offset, part);
        else packed.push(part);
      },
      end: (line) => {
        this.#waiting.shift();
        this.outstandingBytes -= length;
        const end = readAnswerEnd(line, this.#mark);
        if (end === undefined) {
          const error = new SampanError(
            "HOST_ANSWER_INVALID",
            `${this.#title}: the reader there does not say how it went`,
          );
          request.failed(error);
          this.#fail(error);
        } else if (plain) request.done(end, wireBytes);
        else void this.#unpack(request, packed, end, length, wireBytes);
      },
    };
  }

  async #unpack(
    request: ChannelRequest,
    packed: readonly Uint8Array[],
    end: AnswerEnd,
    length: number,
    wireBytes: number,
  ): Promise<void> {
    try {
      const unpack = (request.packing === "zstd" ? unzstd : gunzip) as Unpack;
      const bytes = await unpack(Buffer.concat(packed), { maxOutputLength: length });
      if (bytes.length !== (end.fullBlocks + end.partBlocks) * request.blocks.blockBytes) {
        throw new RangeError(`${bytes.length} bytes`);
      }
      request.take(0, bytes);
      request.done(end, wireBytes);
    } catch (cause) {
      request.failed(
        new SampanError(
          "HOST_ANSWER_INVALID",
          `${this.#title}: what ${request.packing} packed there does not unpack`,
          { cause },
        ),
      );
    }
  }

  #onSilence(answerTimeoutMs: number): void {
    if (this.#waiting.length === 0) {
      this.#timer.refresh();
      return;
    }
    this.#fail(
      new SampanError(
        "HOST_TIMEOUT",
        `${this.#title}: nothing came for ${Math.round(answerTimeoutMs / 1000)} s`,
        {
          retryable: true,
        },
      ),
    );
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    clearTimeout(this.#timer);
    this.#running.kill();
    for (const request of this.#waiting.splice(0)) request.failed(error);
    this.#onEnd();
  }
}

function endedEarly(title: string, exitCode: number, stderr: string): SampanError {
  if (exitCode === 127) {
    return new SampanError("HOST_TOOL_MISSING", `${title}: there is no dd on the host`, {
      hint: "Disks are read by dd, which is part of coreutils and of busybox.",
    });
  }
  const said = plainText(stderr).split("\n").join(" ").slice(0, 300);
  return new SampanError(
    "HOST_CONNECTION_LOST",
    `${title}: the reader there ended with code ${exitCode}${said && `: ${said}`}`,
    {
      retryable: true,
      details: { exitCode },
    },
  );
}
