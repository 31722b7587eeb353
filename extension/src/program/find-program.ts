import { delimiter, join } from "node:path";

/** How `sampan` is started, and where it was found. */
export interface FoundProgram {
  readonly command: string;
  /** Arguments before those of `sampan` itself. */
  readonly args: readonly string[];
  readonly from: "setting" | "workspace" | "path";
}

/** What the search needs to know; all of it data, so that it can be tried without a machine. */
export interface ProgramQuestion {
  /** The setting `sampan.path`; empty when it is not set. */
  readonly setting: string;
  /** Folders of the workspace, in order. */
  readonly folders: readonly string[];
  readonly path: string;
  readonly platform: NodeJS.Platform;
  isFile(path: string): boolean;
}

/**
 * Finds the `sampan` program: the setting, else the one installed in a folder of the workspace, else the one on the PATH.
 * `null` when there is none; a setting that names no file is not replaced by another program.
 */
export function findProgram(question: ProgramQuestion): FoundProgram | null {
  const { setting, folders, path, platform, isFile } = question;
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
  return null;
}

/** A script is started by the Node of the PATH; everything else by itself. */
function asProgram(file: string, from: FoundProgram["from"], platform: NodeJS.Platform): FoundProgram {
  const isScript = /\.[cm]?js$/.test(file);
  return isScript
    ? { command: platform === "win32" ? "node.exe" : "node", args: [file], from }
    : { command: file, args: [], from };
}
