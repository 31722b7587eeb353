import { MadeIndex } from "../analysis/made-index.ts";
import type { PlanDocument } from "../features/plan-document.ts";
import type { MadeByOthers } from "./open-plans.ts";
import type { ServerState } from "./server-state.ts";

/** How long nothing has to change before files are looked through, and before others are told, in milliseconds. */
const quietMs = 300;

/** What the plans of all files make, as they were read last. */
export class SharedNames implements MadeByOthers {
  readonly index = new MadeIndex();
  readonly #folders: () => readonly string[];
  /** Told of other files whose problems are others since a file was read. */
  affected: (uris: readonly string[]) => void = () => {};

  constructor(folders: () => readonly string[]) {
    this.#folders = folders;
  }

  take({ uri, text, analysis }: PlanDocument): void {
    const things = analysis.made.map(({ key, range }) => ({ key, ...text.rangeOf(range) }));
    this.#tell(this.index.take(uri, titleOf(uri, this.#folders()), things));
  }

  /** Keeps nothing of files that are not among these. */
  keepOnly(uris: ReadonlySet<string>): void {
    for (const uri of this.index.paths) if (!uris.has(uri)) this.#tell(this.index.take(uri, "", []));
  }

  signature(uri: string): string {
    return this.index.signature(uri);
  }

  #tell(uris: readonly string[]): void {
    if (uris.length > 0) this.affected(uris);
  }
}

/** Path of a plan for people: from its folder of the workspace on. */
function titleOf(uri: string, folders: readonly string[]): string {
  const folder = folders.find((one) => uri.startsWith(one.endsWith("/") ? one : `${one}/`));
  const path =
    folder === undefined ? (uri.split("/").at(-1) ?? uri) : uri.slice(folder.length).replace(/^\//, "");
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/**
 * Looks through the plans of the workspace some time after something changed, one file after the other, and has those told again that others
 * have come to share a name with. A file is read only where it, or what all are judged by, has changed.
 */
export function followSharedNames(
  state: ServerState,
  tell: (uris: readonly string[]) => void,
  failed: (error: unknown) => void,
): { soon(): void } {
  let timer: NodeJS.Timeout | undefined;
  let looking: AbortController | undefined;
  const waiting = new Set<string>();
  const look = async (signal: AbortSignal): Promise<void> => {
    await state.reader();
    const uris = await state.workspace.find(state.folders, signal);
    const read = new Set<string>();
    for (const uri of uris) {
      // Requests are answered between two files.
      await new Promise((resolve) => setImmediate(resolve));
      if (signal.aborted) return;
      if ((await state.workspace.summaryOf(uri)) !== undefined) read.add(uri);
    }
    state.shared.keepOnly(read);
  };
  state.shared.affected = (uris) => {
    if (waiting.size === 0) {
      setTimeout(() => {
        tell([...waiting]);
        waiting.clear();
      }, quietMs);
    }
    for (const uri of uris) waiting.add(uri);
  };
  return {
    soon() {
      clearTimeout(timer);
      looking?.abort();
      timer = setTimeout(() => {
        looking = new AbortController();
        look(looking.signal).catch(failed);
      }, quietMs);
    },
  };
}
