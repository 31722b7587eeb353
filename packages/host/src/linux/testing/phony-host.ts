import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runProgram } from "../../connection/run-program.ts";
import type { Argv, CommandOptions, Shell } from "../../connection/shell.ts";

/** Files by absolute path: text, bytes, a link, or `null` for an empty folder. */
type PhonyTree = Readonly<Record<string, string | Uint8Array | { readonly link: string } | null>>;

/** A host made of files in a folder: its own, and those by which a kernel tells of disks and mounts. */
export interface PhonyHost {
  /** The folder its root is seen under. */
  readonly root: string;
  remove(): void;
}

/** A disk of a phony host as `/sys/block` tells it. */
export interface PhonyBlock {
  /** Its files below its folder: `size`, `device/serial`, `sda1/start`; their text. */
  readonly files: Readonly<Record<string, string>>;
  /** Names of the devices it lies on. */
  readonly slaves?: readonly string[];
  /** File that stands for its device; without one it has none in `/dev`, as in a container. */
  readonly content?: string | Uint8Array;
  /** Further devices in `/dev`, such as its partitions. */
  readonly nodes?: readonly string[];
}

/** What a phony host consists of. */
export interface PhonyHostOptions {
  readonly tree: PhonyTree;
  readonly blocks: Readonly<Record<string, PhonyBlock>>;
  /** Lines of `/proc/mounts`. */
  readonly mounts: readonly string[];
}

/** Makes a host in a temporary folder. */
export function makePhonyHost({ tree, blocks, mounts }: PhonyHostOptions): PhonyHost {
  const root = mkdtempSync(join(tmpdir(), "sampan-host-"));
  const put = (path: string, content: PhonyTree[string]) => {
    const place = join(root, path);
    mkdirSync(content === null ? place : dirname(place), { recursive: true });
    if (content === null) return;
    if (typeof content === "object" && "link" in content) symlinkSync(content.link, place);
    else writeFileSync(place, content);
  };
  for (const [path, content] of Object.entries(tree)) put(path, content);
  put("/proc/mounts", `${mounts.join("\n")}\n`);
  for (const [name, { files, slaves = [], content, nodes = [] }] of Object.entries(blocks)) {
    for (const [file, text] of Object.entries(files)) put(`/sys/block/${name}/${file}`, `${text}\n`);
    for (const slave of slaves) put(`/sys/block/${name}/slaves/${slave}`, null);
    const device = join(root, "dev", name.replaceAll("!", "/"));
    if (content !== undefined) mkdirSync(dirname(device), { recursive: true });
    if (content instanceof Uint8Array) writeFileSync(device, content);
    else if (content !== undefined) cpSync(content, device);
    for (const node of nodes) put(`/dev/${node}`, "");
  }
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** A shell whose scripts a given program runs: `["busybox", "sh"]`; what it was asked is in `asked`. */
export function shellOf(
  program: Argv,
  where: { asked?: string[]; env?: Record<string, string> } = {},
): Shell {
  const run = (argv: Argv, options: CommandOptions = {}) => {
    const [file, ...args] = argv;
    return runProgram(
      { file, args, title: `${file} on a phony host`, ...(where.env && { env: where.env }) },
      options,
    );
  };
  const refuse = () => Promise.reject(new Error("a phony host starts nothing that stays"));
  return {
    title: "a phony host",
    run(argv, options) {
      where.asked?.push(argv.join(" "));
      return run(argv, options);
    },
    script(script, args, options) {
      where.asked?.push(args.slice(1).join(" "));
      return run([...program, "-c", script, "sh", ...args] as unknown as Argv, options);
    },
    start: refuse,
    startScript: refuse,
    close: async () => undefined,
  };
}
