import { readIdentity } from "./facts/identity.ts";
import { textLines, wordsOf } from "./facts/lines.ts";
import type { FileVolume } from "./files/file-volume.ts";
import { MountedFiles } from "./files/mounted-files.ts";
import { SubtreeVolume } from "./files/subtree-volume.ts";

/** A directory that a guest takes for its root. */
export interface GuestRoot {
  readonly files: MountedFiles;
  /** Where in its volume it lies, for people; `null` when it is that volume's root. */
  readonly place: string | null;
  /** Directories of the same volume that the guest has elsewhere too, by their mount points. */
  readonly alsoMounted: ReadonlyMap<string, FileVolume>;
  /** Path of the system folder of a Windows; `null` for a Linux. */
  readonly windowsFolder: string | null;
}

/** Names that distributions give the subvolume of their root: SUSE, Arch and Ubuntu, Debian, Fedora, others. */
const rootSubvolumes = ["@", "@rootfs", "root", "rootfs", "@/.snapshots/1/snapshot"];
/** What a volume has that is mounted at `/usr`. */
const usrMarks = ["/lib/os-release", "/share/coreos", "/share/flatcar", "/lib/fedora-release"];
/** More deployments than this are not looked at; ostree keeps two or three. */
const maxDeployments = 16;

/**
 * The Linux roots in one volume, the one that boots first: the volume's own root or default subvolume, a subvolume named
 * as distributions name theirs, the deployments of ostree, or a root without the `/usr` that another volume holds.
 *
 * `otherVolumes` are searched for that, and for the entry that says which deployment boots.
 */
export async function findLinuxRoots(
  volume: FileVolume,
  otherVolumes: readonly FileVolume[],
): Promise<readonly GuestRoot[]> {
  const whole = new MountedFiles(volume);
  if (await isLinuxRoot(whole))
    return [{ files: whole, place: null, alsoMounted: new Map(), windowsFolder: null }];
  for (const name of rootSubvolumes) {
    const node = await volume.subvolume?.(name);
    if (node === undefined) continue;
    const files = new MountedFiles(new SubtreeVolume(volume, node));
    if (await isLinuxRoot(files))
      return [{ files, place: `subvolume ${name}`, alsoMounted: new Map(), windowsFolder: null }];
  }
  const found = await deployments(whole, otherVolumes);
  if (found.length > 0) return found;
  return (await takesUsr(whole, otherVolumes))
    ? [{ files: whole, place: null, alsoMounted: new Map(), windowsFolder: null }]
    : [];
}

/**
 * Mounts the `/usr` that a root needs to show what it is, as Container Linux keeps it on a volume of its own; false when
 * there is none.
 */
async function takesUsr(root: MountedFiles, volumes: readonly FileVolume[]): Promise<boolean> {
  if ((await root.stat("/etc"))?.kind !== "directory" || (await root.list("/usr")).length > 0) return false;
  for (const volume of volumes) {
    const usr = new MountedFiles(volume);
    if (volume === root.rootVolume || (await usr.stat("/etc"))) continue;
    const stats = await Promise.all(usrMarks.map((path) => usr.stat(path)));
    if (stats.every((stat) => stat === undefined)) continue;
    root.mount("/usr", volume);
    if (await readIdentity(root)) return true;
    root.unmount("/usr");
  }
  return false;
}

/** Names Windows gives its folder; others can be chosen only with an answer file. */
const windowsFolders = ["WINDOWS", "WINNT"];

/** The Windows in one volume: its root, where a system folder has a registry. The folder is told as it is spelt there. */
export async function findWindowsRoots(volume: FileVolume): Promise<readonly GuestRoot[]> {
  const files = new MountedFiles(volume);
  for (const name of await files.list("/")) {
    if (!windowsFolders.includes(name.toUpperCase())) continue;
    const hive = await files.stat(`/${name}/System32/config/SOFTWARE`);
    if (hive?.kind === "file")
      return [{ files, place: null, alsoMounted: new Map(), windowsFolder: `/${name}` }];
  }
  return [];
}

async function isLinuxRoot(files: MountedFiles): Promise<boolean> {
  if ((await files.stat("/etc"))?.kind !== "directory") return false;
  if (await readIdentity(files)) return true;
  const names = await Promise.all(
    ["/etc/fstab", "/etc/inittab", "/etc/passwd"].map((path) => files.stat(path)),
  );
  return names.some((stat) => stat?.kind === "file") && (await files.stat("/sbin")) !== undefined;
}

/**
 * Deployments in `/ostree/deploy/NAME/deploy/COMMIT.SERIAL`, each a root. They share `/var` and `/boot`, and have the volume at
 * `/sysroot`.
 */
async function deployments(
  whole: MountedFiles,
  bootVolumes: Iterable<FileVolume>,
): Promise<readonly GuestRoot[]> {
  const found: GuestRoot[] = [];
  const boot = await subtree(whole, "/boot");
  for (const system of await whole.list("/ostree/deploy")) {
    const base = `/ostree/deploy/${system}`;
    const shared = await subtree(whole, `${base}/var`);
    for (const name of await whole.list(`${base}/deploy`)) {
      const root = await subtree(whole, `${base}/deploy/${name}`);
      if (root === undefined || found.length >= maxDeployments) continue;
      const files = new MountedFiles(root);
      if (!(await isLinuxRoot(files))) continue;
      const alsoMounted = new Map([["/sysroot", whole.rootVolume]]);
      if (boot) alsoMounted.set("/boot", boot);
      if (shared) alsoMounted.set("/var", shared);
      found.push({ files, place: `${base}/deploy/${name}`, alsoMounted, windowsFolder: null });
    }
  }
  if (found.length < 2) return found;
  const booted = await bootedDeployment(whole, bootVolumes);
  return [...found.filter(({ place }) => place === booted), ...found.filter(({ place }) => place !== booted)];
}

async function subtree(files: MountedFiles, path: string): Promise<FileVolume | undefined> {
  const place = await files.find(path);
  return place?.node.kind === "directory" ? new SubtreeVolume(place.volume, place.node) : undefined;
}

/** The deployment of the boot entry with the highest version, which is the default that ostree writes. */
async function bootedDeployment(
  whole: MountedFiles,
  bootVolumes: Iterable<FileVolume>,
): Promise<string | undefined> {
  let best: { readonly version: number; readonly path: string } | undefined;
  for (const volume of bootVolumes) {
    const files = new MountedFiles(volume);
    for (const folder of ["/loader/entries", "/boot/loader/entries"]) {
      const names = (await files.list(folder)).filter((name) => name.startsWith("ostree-"));
      for (const name of names.slice(0, maxDeployments)) {
        const lines = textLines(await files.readText(`${folder}/${name}`)).map(wordsOf);
        const version = Number(lines.find((words) => words[0] === "version")?.[1] ?? 0);
        const options = lines.find(
          (words) => words[0] === "options" && words.some((word) => word.startsWith("ostree=")),
        );
        const path = options?.find((word) => word.startsWith("ostree="))?.slice("ostree=".length);
        if (path !== undefined && version > (best?.version ?? -1)) best = { version, path };
      }
    }
  }
  // A link to the deployment.
  return best && (await whole.find(best.path))?.path;
}
