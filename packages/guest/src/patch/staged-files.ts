import { type PatchChange, SampanError } from "@sampan/core";
import { type FileVolume, readFileBytes } from "../files/file-volume.ts";
import type { GuestFileStat, WritableGuestFiles } from "../files/guest-files.ts";
import type { MountedFiles, Place } from "../files/mounted-files.ts";

/** What a path holds after the fix-ups. */
export type StagedContent =
  | { readonly kind: "file"; readonly bytes: Uint8Array; readonly mode: number }
  | { readonly kind: "link"; readonly target: string }
  | { readonly kind: "absent" };

/** What a path held before. */
export type OriginalContent =
  | { readonly kind: "file"; readonly bytes: Uint8Array }
  | { readonly kind: "link"; readonly target: string }
  | { readonly kind: "absent" };

/** One path that differs from before. */
export interface StagedChange {
  readonly path: string;
  readonly fixups: readonly string[];
  readonly before: OriginalContent;
  readonly after: StagedContent;
}

/** A configuration file larger than this is none. */
const maxFileBytes = 1024 * 1024;

interface Staged {
  readonly content: StagedContent;
  readonly fixups: readonly string[];
}

/**
 * The files of a guest with changes held in memory.
 *
 * Fix-ups write here; only what differs in the end is written to the overlay, so a fix-up that finds nothing to do
 * leaves no trace. Paths are real paths: every link on the way is resolved before a change is recorded.
 */
export class StagedFiles implements WritableGuestFiles {
  readonly #files: MountedFiles;
  readonly #assertWritable: (volume: FileVolume) => void;
  #staged = new Map<string, Staged>();
  #before: ReadonlyMap<string, Staged> = new Map();
  #fixup = "";

  /** `assertWritable` throws for a volume whose files are only read. */
  constructor(files: MountedFiles, assertWritable: (volume: FileVolume) => void) {
    this.#files = files;
    this.#assertWritable = assertWritable;
  }

  /** Names the fix-up whose changes follow. */
  begin(fixup: string): void {
    this.#fixup = fixup;
    this.#before = new Map(this.#staged);
  }

  /** Takes back what was changed since `begin`. */
  undo(): void {
    this.#staged = new Map(this.#before);
  }

  async stat(path: string, options?: { readonly followLink?: boolean }): Promise<GuestFileStat | undefined> {
    const follow = options?.followLink ?? true;
    const staged = await this.#stagedAt(path, follow);
    if (staged === undefined) return this.#files.stat(path, options);
    if (staged.kind === "file") return { kind: "file", sizeBytes: staged.bytes.length, mode: staged.mode };
    return staged.kind === "link"
      ? { kind: "link", sizeBytes: staged.target.length, mode: 0o777 }
      : undefined;
  }

  async list(path: string): Promise<readonly string[]> {
    const names = new Set(await this.#files.list(path));
    const folder = (await this.#files.find(path))?.path ?? normal(path);
    const prefix = folder === "/" ? "/" : `${folder}/`;
    for (const [real, { content }] of this.#staged) {
      if (!real.startsWith(prefix)) continue;
      const [name = "", ...deeper] = real.slice(prefix.length).split("/");
      if (content.kind !== "absent") names.add(name);
      else if (deeper.length === 0) names.delete(name);
    }
    return [...names].sort();
  }

  async read(path: string, maxBytes?: number): Promise<Uint8Array | undefined> {
    const staged = await this.#stagedAt(path, true);
    if (staged === undefined) return this.#files.read(path, maxBytes);
    return staged.kind === "file" ? staged.bytes.slice(0, maxBytes) : undefined;
  }

  async readText(path: string, maxBytes: number = maxFileBytes): Promise<string | undefined> {
    const bytes = await this.read(path, maxBytes);
    return bytes && new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  }

  async readLink(path: string): Promise<string | undefined> {
    const staged = await this.#stagedAt(path, false);
    if (staged === undefined) return this.#files.readLink(path);
    return staged.kind === "link" ? staged.target : undefined;
  }

  async write(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
    const place = await this.#files.find(path);
    if (place !== undefined && place.node.kind !== "file") throw failed(path, "it is no file");
    if (place !== undefined && place.node.sizeBytes > maxFileBytes)
      throw failed(path, "it is larger than 1 MiB");
    const real = place?.path ?? (await this.#realPath(path));
    if (typeof content === "string" && place !== undefined) await this.#assertText(place);
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content.slice();
    await this.#set(real, { kind: "file", bytes, mode: place?.node.mode ?? mode });
  }

  async remove(path: string): Promise<void> {
    const place = await this.#files.find(path, false);
    if (place?.node.kind === "directory") throw failed(path, "it is a directory");
    const real = await this.#realPath(path);
    if (place !== undefined || this.#staged.has(real)) await this.#set(real, { kind: "absent" });
  }

  async link(path: string, target: string): Promise<void> {
    const place = await this.#files.find(path, false);
    if (place?.node.kind === "directory") throw failed(path, "it is a directory");
    await this.#set(await this.#realPath(path), { kind: "link", target });
  }

  /** Every path that differs from before, in order of path. */
  async changes(): Promise<readonly StagedChange[]> {
    const changes: StagedChange[] = [];
    for (const [path, { content, fixups }] of this.#staged) {
      const before = await this.#original(path);
      if (!same(before, content)) changes.push({ path, fixups, before, after: content });
    }
    return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async #set(path: string, content: StagedContent): Promise<void> {
    const staged = this.#staged.get(path);
    if (same(staged?.content ?? (await this.#original(path)), content)) return;
    this.#assertWritable(await this.#volumeOf(path));
    const fixups = (staged?.fixups ?? []).filter((one) => one !== this.#fixup);
    this.#staged.set(path, { content, fixups: [...fixups, this.#fixup] });
  }

  /** The volume a path lies on, or will lie on. */
  async #volumeOf(path: string): Promise<FileVolume> {
    const parts = path.split("/").slice(1);
    for (let depth = parts.length; depth > 0; depth--) {
      const place = await this.#files.find(`/${parts.slice(0, depth).join("/")}`, false);
      if (place !== undefined) return place.volume;
    }
    return this.#files.rootVolume;
  }

  async #original(path: string): Promise<OriginalContent> {
    const place = await this.#files.find(path, false);
    if (place === undefined) return { kind: "absent" };
    const target = await place.volume.readLink(place.node);
    if (target !== undefined) return { kind: "link", target };
    if (place.node.kind !== "file") throw failed(path, "it is neither file nor link");
    return { kind: "file", bytes: await readFileBytes(place.volume, place.node, maxFileBytes) };
  }

  async #stagedAt(path: string, follow: boolean, depth = 0): Promise<StagedContent | undefined> {
    const place = follow ? await this.#files.find(path) : undefined;
    const content = this.#staged.get(place?.path ?? (await this.#realPath(path)))?.content;
    if (content?.kind !== "link" || !follow || depth > 8) return content;
    const parent = path.slice(0, path.lastIndexOf("/"));
    const target = content.target.startsWith("/") ? content.target : `${parent}/${content.target}`;
    const behind = await this.#stagedAt(target, true, depth + 1);
    if (behind !== undefined) return behind;
    const stat = await this.#files.stat(target);
    if (stat?.kind !== "file") return { kind: "absent" };
    return { kind: "file", bytes: (await this.#files.read(target)) ?? new Uint8Array(0), mode: stat.mode };
  }

  /** The path with the links of its folders resolved as far as they exist; the last name stays as it is. */
  async #realPath(path: string): Promise<string> {
    const parts = normal(path).split("/").slice(1);
    for (let depth = parts.length - 1; depth >= 0; depth--) {
      const folder = await this.#files.find(`/${parts.slice(0, depth).join("/")}`);
      if (folder === undefined) continue;
      if (folder.node.kind !== "directory") throw failed(path, `${folder.path} is no directory`);
      return `${folder.path === "/" ? "" : folder.path}/${parts.slice(depth).join("/")}`;
    }
    return normal(path);
  }

  /** Rewriting as text what is not UTF-8 would change bytes nobody asked to change. */
  async #assertText(place: Place): Promise<void> {
    const bytes = await readFileBytes(place.volume, place.node, maxFileBytes);
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      throw failed(place.path, "it is not UTF-8 text");
    }
  }
}

function same(before: OriginalContent, after: StagedContent): boolean {
  if (before.kind === "file" && after.kind === "file") {
    return (
      before.bytes.length === after.bytes.length && before.bytes.every((byte, i) => byte === after.bytes[i])
    );
  }
  if (before.kind === "link" && after.kind === "link") return before.target === after.target;
  return before.kind === after.kind && before.kind === "absent";
}

function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

function failed(path: string, what: string): SampanError {
  return new SampanError("GUEST_PATCH_FAILED", `changing ${path} of the guest: ${what}`);
}

/** A staged change as the record tells it. */
export function toPatchChange({ path, fixups, before, after }: StagedChange): PatchChange {
  const linkOf = (content: StagedContent | OriginalContent) =>
    content.kind === "link" ? content.target : null;
  const isLink = before.kind === "link" || after.kind === "link";
  return {
    path,
    kind: before.kind === "absent" ? "create" : after.kind === "absent" ? "remove" : "modify",
    fixups,
    link: isLink ? { before: linkOf(before), after: linkOf(after) } : null,
  };
}
