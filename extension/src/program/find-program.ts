import { delimiter, join } from "node:path";

/** How `sampan` is started, and where it was found. */
export interface FoundProgram {
  readonly command: string;
  /** Arguments before those of `sampan` itself. */
  readonly args: readonly string[];
  readonly from: "setting" | "workspace" | "path" | "extension";
  /** Variables set besides those of the editor's own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The program that the extension brings, and the editor's own program, which is Node where it is told to be. */
export interface OwnProgram {
  readonly script: string;
  readonly node: string;
  /** Version of that Node, such as `22.15.1`. */
  readonly nodeVersion: string;
}

/** What the program that the extension brings needs at least, as its packages do. */
const oldestNode = [20, 19] as const;

/** What the search needs to know; all of it data, so that it can be tried without a machine. */
export interface ProgramQuestion {
  /** The setting `sampan.path`; empty when it is not set. */
  readonly setting: string;
  /** Folders of the workspace, in order. */
  readonly folders: readonly string[];
  readonly path: string;
  readonly platform: NodeJS.Platform;
  readonly own: OwnProgram;
  isFile(path: string): boolean;
}

/**
 * Finds the `sampan` program: the setting, else the one installed in a folder of the workspace, else the one on the PATH, else the one that
 * the extension brings.
 *
 * So the version that a project was written for wins over the extension's. `null` when there is none, which happens where the editor's Node
 * is too old for its own; a setting that names no file is not replaced by another program.
 */
export function findProgram(question: ProgramQuestion): FoundProgram | null {
  const { setting, folders, path, platform, own, isFile } = question;
  if (setting !== "") return isFile(setting) ? asProgram(setting, "setting", platform) : null;
  for (const folder of folders) {
    // On Windows npm's link is a batch file, which cannot be started without a shell: its script is.
    const inFolder =
      platform === "win32"
        ? join(folder, "node_modules", "sampan", "bin", "sampan.mjs")
        : join(folder, "node_modules", ".bin", "sampan");
    if (isFile(inFolder)) return asProgram(inFolder, "workspace", platform);
  }
  for (const folder of path.split(delimiter)) {
    if (folder === "") continue;
    const names = platform === "win32" ? ["sampan.exe", "node_modules/sampan/bin/sampan.mjs"] : ["sampan"];
    for (const name of names) {
      const candidate = join(folder, name);
      if (isFile(candidate)) return asProgram(candidate, "path", platform);
    }
  }
  if (!isFile(own.script) || isTooOld(own.nodeVersion)) return null;
  // The editor's program is Electron, which this makes plain Node; Node itself, in a remote editor, ignores it.
  return { command: own.node, args: [own.script], from: "extension", env: { ELECTRON_RUN_AS_NODE: "1" } };
}

function isTooOld(nodeVersion: string): boolean {
  const [major = 0, minor = 0] = nodeVersion.split(".").map(Number);
  return major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]);
}

/** A script is started by the Node of the PATH; everything else by itself. */
function asProgram(file: string, from: FoundProgram["from"], platform: NodeJS.Platform): FoundProgram {
  const isScript = /\.[cm]?js$/.test(file);
  return isScript
    ? { command: platform === "win32" ? "node.exe" : "node", args: [file], from }
    : { command: file, args: [], from };
}
