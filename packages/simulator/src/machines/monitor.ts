import type { Duplex } from "node:stream";

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

const longestLine = 1024 * 1024;

/**
 * The control channel of a running QEMU (QMP): commands and answers in JSON, one a line.
 *
 * Source: QEMU Machine Protocol specification, docs/interop/qmp-spec of QEMU 7.2.
 */
export class Monitor {
  readonly #channel: Duplex;
  readonly #waiting = new Map<number, Waiting>();
  #serial = 0;
  #rest = "";
  readonly #onEvent: (name: string) => void;
  #closed: Error | undefined;

  /** `onEvent` is told the names of events, such as `STOP`. */
  constructor(channel: Duplex, onEvent: (name: string) => void) {
    this.#channel = channel;
    this.#onEvent = onEvent;
    channel.setEncoding("utf8");
    channel.on("data", (text: string) => this.#receive(text));
    channel.on("error", (error) => this.#close(error));
    channel.on("close", () => this.#close(new Error("QEMU has ended")));
  }

  /** Runs a command; rejects with QEMU's own words, or when QEMU ends first. */
  async run(command: string, options: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    if (this.#closed) throw this.#closed;
    const id = ++this.#serial;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    this.#channel.write(`${JSON.stringify({ execute: command, arguments: options, id })}\n`);
    return answer;
  }

  #receive(text: string): void {
    this.#rest += text;
    const lines = this.#rest.split("\n");
    this.#rest = lines.pop() ?? "";
    if (this.#rest.length > longestLine) this.#close(new Error("QEMU answers without end"));
    for (const line of lines) this.#answer(line);
  }

  #answer(line: string): void {
    let message: { event?: unknown; id?: unknown; return?: unknown; error?: { desc?: unknown } };
    try {
      message = JSON.parse(line);
    } catch {
      return;
    }
    if (typeof message.event === "string") this.#onEvent(message.event);
    if (typeof message.id !== "number") return;
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error) waiting?.reject(new Error(String(message.error.desc ?? "QEMU refused")));
    else waiting?.resolve(message.return);
  }

  #close(error: Error): void {
    this.#closed ??= error;
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}
