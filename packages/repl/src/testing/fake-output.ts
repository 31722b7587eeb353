import { Writable } from "node:stream";
import type { CommandCall } from "../command-call.ts";
import { createOutput, type Output, type OutputStream } from "../terminal/output.ts";

/** A stream that remembers what was written to it. */
export class RememberingStream extends Writable {
  text = "";
  readonly isTTY: boolean;
  readonly columns: number;

  constructor(tty?: { readonly columns: number }) {
    super({ decodeStrings: false });
    this.isTTY = tty !== undefined;
    this.columns = tty?.columns ?? 0;
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }

  /** Lines written so far. */
  get lines(): string[] {
    return this.text.split("\n").filter((line) => line !== "");
  }
}

/** An output into memory. */
export function rememberingOutput(options: { readonly json?: boolean; readonly quiet?: boolean } = {}): {
  readonly output: Output;
  readonly stdout: RememberingStream;
  readonly stderr: RememberingStream;
} {
  const stdout = new RememberingStream();
  const stderr = new RememberingStream();
  const output = createOutput({
    stdout: stdout as OutputStream,
    stderr: stderr as OutputStream,
    env: {},
    ...options,
  });
  return { output, stdout, stderr };
}

/** A call of a command into memory. */
export function rememberedCall(given: Partial<CommandCall> & { readonly json?: boolean } = {}): {
  readonly call: CommandCall;
  readonly stdout: RememberingStream;
  readonly stderr: RememberingStream;
} {
  const { json, ...rest } = given;
  const { output, stdout, stderr } = rememberingOutput(json === undefined ? {} : { json });
  return { call: { args: [], options: {}, env: {}, cwd: process.cwd(), output, ...rest }, stdout, stderr };
}
