import { isSampanError, throwIfCancelled } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import type { ReadBudget } from "../files/paged-reader.ts";
import type { DiskLayout } from "../volumes/layout.ts";

/** What a guest's facts are gathered from. */
export interface FactSources {
  readonly source: BlockSource;
  readonly layout: DiskLayout;
  readonly budget: ReadBudget;
  /** Takes a line for everything that could not be told. */
  readonly notes: string[];
  readonly signal: AbortSignal | undefined;
}

/** Runs one reader after the other; what a damaged file system denies becomes a note. */
export class Gathering {
  readonly #notes: string[];
  readonly #signal: AbortSignal | undefined;

  constructor(notes: string[], signal: AbortSignal | undefined) {
    this.#notes = notes;
    this.#signal = signal;
  }

  async attempt<T>(what: string, read: () => Promise<T>, otherwise: T): Promise<T> {
    throwIfCancelled(this.#signal);
    try {
      return await read();
    } catch (error) {
      if (!isSampanError(error) || !error.code.startsWith("GUEST_")) throw error;
      this.#notes.push(`${what} could not be read: ${error.message}`);
      return otherwise;
    }
  }
}
