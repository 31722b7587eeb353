import { posix } from "node:path";
import { MiB, SampanError } from "@sampan/core";
import { type BlockSource, type FilesOfImage, withCache } from "@sampan/image";
import type { HttpClient } from "./http-client.ts";
import { askHttpFile, HttpFile } from "./http-file.ts";
import { type HttpOptions, shownUrl } from "./http-target.ts";
import type { FileVersion } from "./range-answer.ts";

/** Files whose version is remembered between looking for them and opening them. */
const maximumKnown = 4096;

/**
 * The files beside one on a web server. A path is that of the address, decoded; the query is the same for all, since it says in
 * which datastore they lie.
 *
 * Folders cannot be listed. What is read is kept a megabyte at a time, so that headers and tables take few requests.
 */
export class HttpFiles implements FilesOfImage {
  /** The path of the file that was named. */
  readonly path: string;
  readonly #client: HttpClient;
  readonly #options: HttpOptions;
  readonly #known = new Map<string, FileVersion>();

  constructor(client: HttpClient, options: HttpOptions) {
    this.#client = client;
    this.#options = options;
    this.path = posix.normalize(decoded(client.url.pathname));
  }

  async realPath(path: string, signal?: AbortSignal): Promise<string | undefined> {
    if (!this.#known.has(path)) {
      const version = await this.versionOf(path, signal);
      if (version === undefined) return undefined;
      if (this.#known.size >= maximumKnown) this.#known.clear();
      this.#known.set(path, version);
    }
    return path;
  }

  /** There are no links that could be seen. */
  async realFolder(path: string): Promise<string> {
    return path;
  }

  async list(): Promise<undefined> {
    return undefined;
  }

  async open(path: string, signal?: AbortSignal): Promise<BlockSource> {
    const url = this.#urlOf(path);
    const version = this.#known.get(path) ?? (await this.versionOf(path, signal));
    if (version === undefined) {
      throw new SampanError("IMAGE_NOT_FOUND", `opening ${shownUrl(url)}: the server has no such file`, {
        hint: "Check the address; names on servers are case-sensitive.",
      });
    }
    this.#known.delete(path);
    const file = new HttpFile(this.#client, url, version, this.#options);
    // What may change unseen must not be kept either.
    return file.features.stable ? withCache(file, { blockBytes: MiB, maximumBytes: 32 * MiB }) : file;
  }

  /** What the server says of a file now; `undefined` when it has none of that name. */
  versionOf(path: string, signal?: AbortSignal): Promise<FileVersion | undefined> {
    return askHttpFile(this.#client, this.#urlOf(path), this.#options, signal);
  }

  #urlOf(path: string): URL {
    // The named file's address stays as it was written, however that was encoded.
    if (path === this.path) return this.#client.url;
    const url = new URL(this.#client.url.href);
    url.pathname = path.split("/").map(encodeURIComponent).join("/");
    return url;
  }
}

function decoded(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}
