import type { FileNode, FileVolume } from "../files/file-volume.ts";
import type { PhonyTree } from "./phony-disk.ts";

interface MemoryNode extends FileNode {
  readonly names: Map<string, MemoryNode>;
  readonly bytes: Uint8Array;
  readonly target: string | undefined;
}

/** A volume whose files are held in memory, for tests that need many guests and no file system. */
export class MemoryVolume implements FileVolume {
  readonly clean = true;
  readonly #root = node("directory");

  constructor(tree: PhonyTree) {
    for (const [path, content] of Object.entries(tree)) {
      const parts = path.split("/").filter((part) => part !== "");
      const last = content === null ? undefined : parts.pop();
      let folder = this.#root;
      for (const part of parts) {
        const below = folder.names.get(part) ?? node("directory");
        folder.names.set(part, below);
        folder = below;
      }
      if (last === undefined || content === null) continue;
      const isLink = typeof content === "object" && "link" in content;
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      folder.names.set(
        last,
        isLink ? node("link", undefined, content.link) : node("file", bytes as Uint8Array),
      );
    }
  }

  async root(): Promise<MemoryNode> {
    return this.#root;
  }

  async lookup(directory: FileNode, name: string): Promise<MemoryNode | undefined> {
    return (directory as MemoryNode).names.get(name);
  }

  async names(directory: FileNode): Promise<readonly string[]> {
    return [...(directory as MemoryNode).names.keys()];
  }

  async *chunks(file: FileNode, maxBytes: number): AsyncGenerator<Uint8Array> {
    yield (file as MemoryNode).bytes.slice(0, maxBytes);
  }

  async readLink(link: FileNode): Promise<string | undefined> {
    return (link as MemoryNode).target;
  }
}

function node(kind: FileNode["kind"], bytes: Uint8Array = new Uint8Array(), target?: string): MemoryNode {
  return { kind, sizeBytes: bytes.length, mode: 0o644, names: new Map(), bytes, target };
}
