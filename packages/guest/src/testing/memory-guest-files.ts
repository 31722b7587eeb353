import type { GuestFileStat, WritableGuestFiles } from "../files/guest-files.ts";
import type { PhonyTree } from "./phony-disk.ts";

/** The files of a guest in memory, for tests of rules and fix-ups; links at the end of a path are followed. */
export class MemoryGuestFiles implements WritableGuestFiles {
  readonly tree: Map<string, PhonyTree[string]>;

  constructor(tree: PhonyTree) {
    this.tree = new Map(Object.entries(tree));
  }

  /** All files as they are, for {@link restore}. */
  snapshot(): ReadonlyMap<string, PhonyTree[string]> {
    return new Map(this.tree);
  }

  /** Takes back every change since a snapshot. */
  restore(snapshot: ReadonlyMap<string, PhonyTree[string]>): void {
    this.tree.clear();
    for (const [path, content] of snapshot) this.tree.set(path, content);
  }

  async stat(path: string, options?: { readonly followLink?: boolean }): Promise<GuestFileStat | undefined> {
    const at = options?.followLink === false ? path : this.#follow(path);
    const entry = at === undefined ? undefined : this.tree.get(at);
    if (entry === undefined) {
      const folder = at !== undefined && [...this.tree.keys()].some((one) => one.startsWith(`${at}/`));
      return folder ? { kind: "directory", sizeBytes: 0, mode: 0o755 } : undefined;
    }
    if (entry === null) return { kind: "directory", sizeBytes: 0, mode: 0o755 };
    if (typeof entry === "object" && "link" in entry) return { kind: "link", sizeBytes: 0, mode: 0o777 };
    return { kind: "file", sizeBytes: entry.length, mode: 0o644 };
  }

  async list(path: string): Promise<readonly string[]> {
    const names = [...this.tree.keys()].filter((one) => one.startsWith(`${path}/`));
    return [...new Set(names.map((one) => one.slice(path.length + 1).split("/")[0] ?? ""))].sort();
  }

  async read(path: string, maxBytes?: number): Promise<Uint8Array | undefined> {
    const at = this.#follow(path);
    const entry = at === undefined ? undefined : this.tree.get(at);
    if (entry === undefined || entry === null) return undefined;
    if (typeof entry === "string") return new TextEncoder().encode(entry).slice(0, maxBytes);
    return "link" in entry ? undefined : entry.slice(0, maxBytes);
  }

  async readText(path: string, maxBytes?: number): Promise<string | undefined> {
    const bytes = await this.read(path, maxBytes);
    return bytes && new TextDecoder().decode(bytes);
  }

  async readLink(path: string): Promise<string | undefined> {
    const entry = this.tree.get(path);
    return typeof entry === "object" && entry !== null && "link" in entry ? entry.link : undefined;
  }

  async write(path: string, content: string | Uint8Array): Promise<void> {
    this.tree.set(path, content);
  }

  async remove(path: string): Promise<void> {
    this.tree.delete(path);
  }

  async link(path: string, target: string): Promise<void> {
    this.tree.set(path, { link: target });
  }

  #follow(path: string): string | undefined {
    let at = path;
    for (let turns = 0; turns < 8; turns++) {
      const entry = this.tree.get(at);
      if (typeof entry !== "object" || entry === null || !("link" in entry)) return at;
      at = new URL(entry.link, `file://${at}`).pathname;
    }
    return undefined;
  }
}
