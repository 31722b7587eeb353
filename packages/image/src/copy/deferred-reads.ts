import type { SampanError } from "@sampan/core";

/** Bytes of an open file that belong into a buffer and are not there yet. */
export interface DeferredRead {
  /** The file's descriptor; stays open until {@link DeferredRead.settle} is called. */
  readonly descriptor: number;
  readonly at: number;
  readonly length: number;
  /** Where they go, counted from the start of the buffer's memory. */
  readonly to: number;
  /** Must be called once, when the bytes have been read or are no longer wanted. */
  settle(): void;
  /** What to throw when the read fails: `code` is the system's, or `null` when the file ended `done` bytes in. */
  failure(code: string | null, done: number): SampanError;
}

const collecting = new WeakMap<ArrayBufferLike, DeferredRead[]>();
const direct = new WeakSet<object>();

/**
 * Says of a source or an image that its `read` brings bytes of files straight into the caller's buffer and looks at them no
 * more: they may arrive after `read` has settled. Whatever changes, checks or keeps the bytes it reads must never say so.
 */
export function markDirect(reader: object): void {
  direct.add(reader);
}

/** Whether {@link markDirect} was said of it; of each of them, when several are given. `undefined` counts as direct. */
export function isDirect(...readers: readonly (object | undefined)[]): boolean {
  return readers.every((reader) => reader === undefined || direct.has(reader));
}

/**
 * From now on, reads of files into this memory are not done but collected, for someone who moves the bytes himself. To be
 * used only with what {@link isDirect}.
 */
export function collectReadsInto(memory: ArrayBufferLike): { take(): readonly DeferredRead[] } {
  collecting.set(memory, []);
  return {
    take() {
      const taken = collecting.get(memory) ?? [];
      collecting.set(memory, []);
      return taken;
    },
  };
}

/** Takes a read over when reads into this memory are collected; tells whether it did. */
export function deferRead(into: Uint8Array, read: () => Omit<DeferredRead, "to" | "length">): boolean {
  const list = collecting.get(into.buffer);
  list?.push({ ...read(), to: into.byteOffset, length: into.length });
  return list !== undefined;
}
