import { KiB, MiB, SampanError } from "@sampan/core";
import type { FileNode, FileVolume } from "@sampan/guest";
import type { Shell } from "../../connection/shell.ts";

const chunkBytes = 256 * KiB;
/** Longest file that is read: configuration, never data. */
const maxFileBytes = MiB + 1;
/** Questions a host is asked; a sound one gives rise to some two hundred. */
const maxQuestions = 10_000;
const maxNames = 65_536;

interface LiveNode extends FileNode {
  readonly path: string;
  readonly target: string;
}

/*
 * Says of each path: name, kind, size, mode and where a link points, each ended by NUL. A name is what follows the last slash; what
 * vanishes meanwhile counts as absent.
 */
const describeFunction = `
say() { printf '%s\\000%s\\000%s\\000%s\\000%s\\000' "$@"; }
tell() {
  if [ -L "$1" ]; then say "\${1##*/}" link 0 777 "$(readlink "$1"; echo .)"
  elif [ -d "$1" ]; then say "\${1##*/}" directory 0 755 ""
  elif [ -f "$1" ]; then say "\${1##*/}" file "$(stat -c %s "$1" 2>/dev/null)" "$(stat -c %a "$1" 2>/dev/null)" ""
  elif [ -e "$1" ]; then say "\${1##*/}" other 0 644 ""
  fi
}
`;
const lookScript = `${describeFunction}
tell "$1"
exit 0
`;
const listScript = `${describeFunction}
for entry in "$1"/* "$1"/.[!.]* "$1"/..?*; do
  if [ -e "$entry" ] || [ -L "$entry" ]; then tell "$entry"; fi
done
exit 0
`;

/**
 * The files of a host that runs, read over its shell as root as they are wanted: whatever is mounted where, as its kernel shows it.
 * Read-only. What was read once is not asked for again.
 */
export class LiveVolume implements FileVolume {
  readonly clean = true;
  readonly #shell: Shell;
  readonly #signal: AbortSignal | undefined;
  readonly #nodes = new Map<string, LiveNode | undefined>();
  readonly #listed = new Map<string, readonly string[]>();
  #questions = 0;

  constructor(shell: Shell, signal?: AbortSignal) {
    this.#shell = shell;
    this.#signal = signal;
  }

  async root(): Promise<FileNode> {
    return { kind: "directory", sizeBytes: 0, mode: 0o755, path: "", target: "" } as LiveNode;
  }

  async lookup(directory: FileNode, name: string): Promise<FileNode | undefined> {
    if (directory.kind !== "directory" || name === "" || /[/\0]/.test(name)) return undefined;
    const folder = (directory as LiveNode).path;
    const path = `${folder}/${name}`;
    if (!this.#nodes.has(path) && !this.#listed.has(folder)) {
      const found = await this.#ask(lookScript, path, folder);
      this.#nodes.set(
        path,
        found.find((node) => node.path === path),
      );
    }
    return this.#nodes.get(path);
  }

  async names(directory: FileNode): Promise<readonly string[]> {
    if (directory.kind !== "directory") return [];
    const folder = (directory as LiveNode).path;
    const known = this.#listed.get(folder);
    if (known !== undefined) return known;
    const found = await this.#ask(listScript, folder, folder);
    for (const node of found) if (!this.#nodes.has(node.path)) this.#nodes.set(node.path, node);
    const names = found.map((node) => node.path.slice(folder.length + 1));
    this.#listed.set(folder, names);
    return names;
  }

  async readLink(node: FileNode): Promise<string | undefined> {
    return node.kind === "link" ? (node as LiveNode).target : undefined;
  }

  async *chunks(file: FileNode, maxBytes: number): AsyncGenerator<Uint8Array> {
    if (file.kind !== "file" || maxBytes <= 0) return;
    const { path } = file as LiveNode;
    const length = Math.min(maxBytes, maxFileBytes);
    this.#count();
    const { exitCode, stdout, stderr } = await this.#shell.run(["head", "-c", String(length), path], {
      asRoot: true,
      maxOutputBytes: length,
      ...(this.#signal && { signal: this.#signal }),
    });
    if (exitCode !== 0) {
      throw new SampanError(
        "HOST_FILE_UNUSABLE",
        `reading ${path} of ${this.#shell.title}: ${stderr || `exit code ${exitCode}`}`,
      );
    }
    for (let at = 0; at < stdout.length; at += chunkBytes) yield stdout.subarray(at, at + chunkBytes);
  }

  async #ask(script: string, path: string, folder: string): Promise<LiveNode[]> {
    this.#count();
    const { exitCode, stdout, stderr } = await this.#shell.script(script, [path], {
      asRoot: true,
      ...(this.#signal && { signal: this.#signal }),
    });
    const fields = Buffer.from(stdout).toString("utf8").split("\0");
    if (exitCode !== 0 || fields.length % 5 !== 1 || fields.length > maxNames * 5) {
      throw new SampanError(
        "HOST_FILE_UNUSABLE",
        `looking at ${path || "/"} of ${this.#shell.title}: ${stderr || `exit code ${exitCode}, or an answer that is not understood`}`,
      );
    }
    const nodes: LiveNode[] = [];
    for (let at = 0; at + 4 < fields.length; at += 5) {
      const [name = "", kind = "", size = "", mode = "", target = ""] = fields.slice(at, at + 5);
      // The listing of a folder may be in motion; what has no size has gone.
      if (name === "" || name.includes("/") || !/^\d{1,15}$/.test(size) || !/^[0-7]{1,4}$/.test(mode))
        continue;
      nodes.push({
        kind: kind === "file" || kind === "directory" || kind === "link" ? kind : "other",
        sizeBytes: Number(size),
        mode: Number.parseInt(mode, 8),
        path: `${folder}/${name}`,
        // readlink ends it with a line feed, and a dot keeps those that belong to it.
        target: target.replace(/\n\.$/, ""),
      });
    }
    return nodes;
  }

  #count(): void {
    if (++this.#questions <= maxQuestions) return;
    throw new SampanError(
      "HOST_FILE_UNUSABLE",
      `looking at ${this.#shell.title}: its files lead to more than ${maxQuestions} questions`,
    );
  }
}
