import { KiB, MiB, SampanError } from "@sampan/core";
import type { FileNode, FileVolume } from "@sampan/guest";
import {
  askProbe,
  largePieceBytes,
  type ProbedHost,
  type ProbeRequest,
  readLargePiece,
} from "./ask-probe.ts";
import type { ProbeAnswer, ProbedBytes } from "./probe-answer.ts";

/** Questions a host is asked after the first look; a sound one gives rise to some ten. */
const maxQuestions = 1024;
/** Bytes of files that are read for one inspection: as much as of a disk. */
const maxFileBytes = 64 * MiB;
const chunkBytes = 256 * KiB;

/** A name on the host, with its path there: no part of it is a link. */
interface ProbedNode extends FileNode {
  readonly path: string;
  readonly goal: string;
}

/**
 * The files of a running host as one volume, as its kernel shows them: whatever is mounted where.
 *
 * It begins with what the first look brought. What a reader wants beyond that is asked for when it is wanted, so nothing is taken for
 * absent that was only not looked at. Sizes are known of files that were asked for by name and of those in `/boot`; of others
 * it is what was read of them. What is secret never leaves the host: see the manual page of the probe.
 */
export class ProbedVolume implements FileVolume {
  /** A mounted file system is always ahead of its disk; what is read here is what the kernel says. */
  readonly clean = true;
  readonly #host: ProbedHost;
  readonly #signal: AbortSignal | undefined;
  readonly #nodes = new Map<string, ProbedNode | undefined>();
  readonly #names = new Map<string, Set<string>>();
  readonly #listed = new Set<string>();
  readonly #contents = new Map<string, ProbedBytes>();
  readonly #unreadable = new Set<string>();
  #questions = 0;
  #fileBytes = 0;

  constructor(host: ProbedHost, firstLook: ProbeAnswer, signal?: AbortSignal) {
    this.#host = host;
    this.#signal = signal;
    this.#learn(firstLook);
  }

  /** How often the host was asked since the first look. */
  get questions(): number {
    return this.#questions;
  }

  async root(): Promise<FileNode> {
    return folderNode("/");
  }

  async lookup(directory: FileNode, name: string): Promise<FileNode | undefined> {
    if (directory.kind !== "directory" || name === "" || /[/\0]/.test(name)) return undefined;
    const path = below(pathOf(directory), name);
    if (!this.#nodes.has(path) && !this.#listed.has(pathOf(directory))) {
      await this.#ask(["look", path]);
      // A folder that has gone meanwhile has nothing in it.
      if (!this.#nodes.has(path)) this.#nodes.set(path, undefined);
    }
    return this.#nodes.get(path);
  }

  async names(directory: FileNode): Promise<readonly string[]> {
    if (directory.kind !== "directory") return [];
    const path = pathOf(directory);
    if (!this.#listed.has(path)) {
      await this.#ask(["list", path]);
      if (this.#unreadable.has(path)) throw unreadable(this.#host, path);
      this.#listed.add(path);
    }
    return [...(this.#names.get(path) ?? [])];
  }

  async readLink(node: FileNode): Promise<string | undefined> {
    if (node.kind !== "link") return undefined;
    const path = pathOf(node);
    if ((node as ProbedNode).goal !== "") return (node as ProbedNode).goal;
    if (this.#nodes.get(path)?.goal === "") await this.#ask(["look", path]);
    return this.#nodes.get(path)?.goal || undefined;
  }

  async *chunks(file: FileNode, maxBytes: number): AsyncGenerator<Uint8Array> {
    if (file.kind !== "file" || maxBytes <= 0) return;
    const path = pathOf(file);
    const known = this.#contents.get(path);
    if (known === undefined || (isCut(known) && known.limitBytes < maxBytes)) {
      if (maxBytes > largePieceBytes) return yield* this.#largeChunks(path, maxBytes);
      await this.#ask(["take", path, maxBytes]);
    }
    const content = this.#contents.get(path);
    if (content === undefined) throw unreadable(this.#host, path);
    const bytes = content.bytes.subarray(0, maxBytes);
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  }

  async *#largeChunks(path: string, maxBytes: number): AsyncGenerator<Uint8Array> {
    for (let offset = 0; offset < maxBytes; offset += largePieceBytes) {
      this.#count();
      const piece = await readLargePiece(this.#host, path, offset, this.#signal);
      if (piece === undefined) throw unreadable(this.#host, path);
      this.#spend(piece.length);
      const wanted = piece.subarray(0, maxBytes - offset);
      for (let at = 0; at < wanted.length; at += chunkBytes) yield wanted.subarray(at, at + chunkBytes);
      if (piece.length < largePieceBytes) return;
    }
  }

  async #ask(request: ProbeRequest): Promise<void> {
    this.#count();
    this.#learn(await askProbe(this.#host, [request], this.#signal));
  }

  #count(): void {
    if (++this.#questions > maxQuestions) {
      throw new SampanError(
        "HOST_ANSWER_INVALID",
        `looking at ${this.#host.shell.title}: its settings lead to more than ${maxQuestions} questions`,
      );
    }
  }

  #spend(bytes: number): void {
    this.#fileBytes += bytes;
    if (this.#fileBytes > maxFileBytes) {
      throw new SampanError(
        "HOST_ANSWER_TOO_LONG",
        `looking at ${this.#host.shell.title}: its files hold more than ${maxFileBytes} bytes of settings`,
      );
    }
  }

  #learn(answer: ProbeAnswer): void {
    for (const [path, { kind, goal }] of answer.nodes) this.#put(path, nodeOf(path, kind, goal));
    for (const [path, content] of answer.contents) {
      this.#spend(content.bytes.length);
      this.#contents.set(path, content);
      const node = this.#nodes.get(path);
      // Of a file that was read whole the size is known by that.
      if (node && !isCut(content) && node.sizeBytes === 0) {
        this.#put(path, { ...node, sizeBytes: content.bytes.length });
      }
    }
    for (const path of answer.listed) this.#listed.add(path);
    for (const path of answer.unreadable) this.#unreadable.add(path);
  }

  #put(path: string, node: ProbedNode | undefined): void {
    const at = path.lastIndexOf("/");
    const [folder, name] = [at <= 0 ? "/" : path.slice(0, at), path.slice(at + 1)];
    if (name === "" || name === "." || name === "..") return;
    const before = this.#nodes.get(path);
    // A later record of the same name may know less: where a link points, how large a file is.
    const isPoorer = before !== undefined && before.kind === node?.kind && !node.goal && !node.sizeBytes;
    if (!isPoorer) this.#nodes.set(path, node);
    const names = this.#names.get(folder) ?? new Set<string>();
    if (node === undefined) names.delete(name);
    else names.add(name);
    this.#names.set(folder, names);
    // A path is told with every link resolved, so that folders lead to it.
    if (node !== undefined && folder !== "/" && !this.#nodes.get(folder))
      this.#put(folder, folderNode(folder));
  }
}

function isCut({ bytes, limitBytes }: ProbedBytes): boolean {
  return bytes.length >= limitBytes;
}

function nodeOf(path: string, kind: string, goal: string): ProbedNode | undefined {
  if (kind === "absent") return undefined;
  if (kind === "folder") return folderNode(path);
  if (kind === "link") return { kind: "link", sizeBytes: goal.length, mode: 0o777, path, goal };
  const sizeBytes = /^\d{1,15}$/.test(goal) ? Number(goal) : 0;
  return { kind: kind === "file" ? "file" : "other", sizeBytes, mode: 0o644, path, goal: "" };
}

function folderNode(path: string): ProbedNode {
  return { kind: "directory", sizeBytes: 0, mode: 0o755, path, goal: "" };
}

function pathOf(node: FileNode): string {
  return (node as ProbedNode).path;
}

function below(folder: string, name: string): string {
  return folder === "/" ? `/${name}` : `${folder}/${name}`;
}

function unreadable({ shell }: ProbedHost, path: string): SampanError {
  return new SampanError(
    "GUEST_FILE_UNREADABLE",
    `looking at ${shell.title}: ${path} cannot be read, even by root`,
  );
}
