import { SampanError } from "@sampan/core";
import type { BlockSource, FilesOfImage } from "@sampan/image";
import type { Shell } from "../connection/shell.ts";
import { openRemoteFile, type RemoteFileFacts, remoteFileFacts, remoteFolder } from "./remote-file.ts";

const maximumListing = 8 * 1024 * 1024;

/** The files of an image on a datastore. */
export class EsxiFiles implements FilesOfImage {
  readonly #shell: Shell;
  readonly #known = new Map<string, RemoteFileFacts>();

  constructor(shell: Shell) {
    this.#shell = shell;
  }

  async realPath(path: string, signal?: AbortSignal): Promise<string | undefined> {
    const facts = await remoteFileFacts(this.#shell, path, signal);
    // Looked for first, opened next: that need not be asked twice.
    if (facts) this.#known.set(facts.path, facts);
    return facts?.path;
  }

  realFolder(path: string, signal?: AbortSignal): Promise<string | undefined> {
    return remoteFolder(this.#shell, path, signal);
  }

  async list(folder: string, signal?: AbortSignal): Promise<Iterable<string> | undefined> {
    const { exitCode, stdout } = await this.#shell.script('cd "$1" && exec ls -1a', [folder], {
      maxOutputBytes: maximumListing,
      ...(signal && { signal }),
    });
    return exitCode === 0 ? new TextDecoder().decode(stdout).split("\n") : undefined;
  }

  async open(path: string, signal?: AbortSignal): Promise<BlockSource> {
    const known = this.#known.get(path);
    this.#known.delete(path);
    const facts = known ?? (await remoteFileFacts(this.#shell, path, signal));
    if (facts === undefined) {
      throw new SampanError(
        "IMAGE_NOT_FOUND",
        `opening ${path} on ${this.#shell.title}, which does not exist`,
      );
    }
    return openRemoteFile(this.#shell, facts);
  }
}
