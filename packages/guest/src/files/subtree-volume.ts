import type { FileNode, FileVolume } from "./file-volume.ts";

/** A directory of a volume as a volume of its own: a subvolume, or what a guest takes for its root. */
export class SubtreeVolume implements FileVolume {
  readonly #volume: FileVolume;
  readonly #root: FileNode;

  constructor(volume: FileVolume, root: FileNode) {
    this.#volume = volume;
    this.#root = root;
  }

  get clean(): boolean {
    return this.#volume.clean;
  }

  async root(): Promise<FileNode> {
    return this.#root;
  }

  lookup(directory: FileNode, name: string): Promise<FileNode | undefined> {
    return this.#volume.lookup(directory, name);
  }

  names(directory: FileNode): Promise<readonly string[]> {
    return this.#volume.names(directory);
  }

  chunks(file: FileNode, maxBytes: number): AsyncIterable<Uint8Array> {
    return this.#volume.chunks(file, maxBytes);
  }

  readLink(node: FileNode): Promise<string | undefined> {
    return this.#volume.readLink(node);
  }
}
