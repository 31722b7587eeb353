import { createHash, randomBytes } from "node:crypto";
import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";

/*
 * The socket of a run lies in the run's folder, which is the user's alone. Systems take about a hundred bytes of a socket's path: where
 * the folder's is longer, or its file system has no sockets, the socket lies in a folder of the user's own for such things, and a
 * file in the run's folder says where. On Windows it is a named pipe with a name that cannot be guessed, found by the same file.
 */

const socketName = "control.sock";
const pointerName = "control.path";
const longestPathBytes = 100;

/** What addresses depend on, besides the run's folder. */
export interface AddressWorld {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const thisWorld: AddressWorld = { platform: process.platform, env: process.env };

/** Where a runner may listen, the best first. */
export interface ControlAddress {
  readonly path: string;
  /** Whether the run's folder has to say where it is. */
  readonly elsewhere: boolean;
}

/** Addresses for the socket of the run in `folder`, the best first; none where none can be had. */
export function controlAddresses(folder: string, world: AddressWorld = thisWorld): readonly ControlAddress[] {
  if (world.platform === "win32") {
    return [{ path: `\\\\.\\pipe\\sampan-${randomBytes(16).toString("hex")}`, elsewhere: true }];
  }
  const inside = { path: join(folder, socketName), elsewhere: false };
  const name = `${createHash("sha256").update(folder).digest("hex").slice(0, 24)}.sock`;
  const outside = privateFolders(world.env).map((place) => ({ path: join(place, name), elsewhere: true }));
  return [inside, ...outside].filter(({ path }) => Buffer.byteLength(path) <= longestPathBytes);
}

function privateFolders(env: AddressWorld["env"]): readonly string[] {
  const given = env.XDG_RUNTIME_DIR;
  const inTemporary = join(tmpdir(), `sampan-${process.getuid?.() ?? "user"}`);
  return given !== undefined && isAbsolute(given) ? [join(given, "sampan"), inTemporary] : [inTemporary];
}

/** Makes the folder of an address outside the run's and tells whether it is the user's alone. */
export function makePrivateFolder(path: string): boolean {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const found = lstatSync(path);
    return found.isDirectory() && isOurs(found.uid) && (found.mode & 0o077) === 0;
  } catch {
    return false;
  }
}

/** Leaves word in the run's folder of where its socket is. */
export function writePointerTo(folder: string, path: string): void {
  writeFileSync(join(folder, pointerName), `${path}\n`, { mode: 0o600 });
}

/** Where the socket of a run is said to be; somebody listens there only while the run goes on. */
export function findControl(folder: string, world: AddressWorld = thisWorld): string | undefined {
  const inside = join(folder, socketName);
  const path = readPointer(folder) ?? inside;
  if (world.platform === "win32") return path.startsWith("\\\\.\\pipe\\sampan-") ? path : undefined;
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isSocket() && isOurs(found.uid) ? path : undefined;
}

function readPointer(folder: string): string | undefined {
  try {
    const text = readFileSync(join(folder, pointerName), "utf8").trim();
    return isOurName(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** A pointer is believed only where it names what a runner could have made. */
function isOurName(path: string): boolean {
  return /^\\\\\.\\pipe\\sampan-[0-9a-f]{32}$/.test(path) || /^\/[^\n]*\/[0-9a-f]{24}\.sock$/.test(path);
}

/** Removes what a runner left that nobody listens at any more, where it can. For whoever knows that nobody works on the run. */
export function tryRemoveControl(folder: string): void {
  const path = findControl(folder);
  for (const left of [path, join(folder, socketName), join(folder, pointerName)]) {
    if (left === undefined || left.startsWith("\\\\")) continue;
    try {
      rmSync(left, { force: true });
    } catch {
      // Nothing depends on it: who connects to it finds nobody.
    }
  }
}

function isOurs(uid: number): boolean {
  const own = process.getuid?.();
  return own === undefined || own === uid;
}
