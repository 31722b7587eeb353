import { KiB, MiB } from "@sampan/core";
import { type FileNode, type FileVolume, readFileBytes } from "./file-volume.ts";
import type { GuestFileStat, GuestFiles } from "./guest-files.ts";

/** As many links as Linux follows in one path. */
const maxLinks = 40;

/** A place found: its volume, its node there, and its absolute path with every link resolved. */
export interface Place {
  readonly volume: FileVolume;
  readonly node: FileNode;
  readonly path: string;
}

/** The files of a guest across the volumes its fstab mounts. Read-only. */
export class MountedFiles implements GuestFiles {
  /** Volumes by mount point; `/` is always there. */
  readonly #mounts: Map<string, FileVolume>;

  constructor(root: FileVolume) {
    this.#mounts = new Map([["/", root]]);
  }

  /** The volume at `/`. */
  get rootVolume(): FileVolume {
    return this.#mounts.get("/") as FileVolume;
  }

  /** Puts a volume at a mount point, as the guest would when it boots. */
  mount(mountPoint: string, volume: FileVolume): void {
    this.#mounts.set(mountPoint, volume);
  }

  /** Takes away what {@link mount} put there. */
  unmount(mountPoint: string): void {
    this.#mounts.delete(mountPoint);
  }

  /** Where a volume is mounted; `/` for one that is not. */
  mountPointOf(volume: FileVolume): string {
    return [...this.#mounts].find(([, mounted]) => mounted === volume)?.[0] ?? "/";
  }

  /** Finds what is at a path; `undefined` when nothing is. */
  async find(path: string, followLast = true): Promise<Place | undefined> {
    let pending = split(path);
    const trail: Place[] = [await this.#rootPlace()];
    let links = 0;
    while (pending.length > 0) {
      const name = pending.shift() as string;
      if (name === "..") {
        if (trail.length > 1) trail.pop();
        continue;
      }
      const here = trail[trail.length - 1] as Place;
      const place = await this.#step(here, name);
      if (place === undefined) return undefined;
      if (place.node.kind !== "link" || (pending.length === 0 && !followLast)) {
        trail.push(place);
        continue;
      }
      const target = await place.volume.readLink(place.node);
      if (target === undefined || target === "" || ++links > maxLinks) return undefined;
      if (target.startsWith("/")) trail.length = 1;
      pending = [...split(target), ...pending];
      if (pending.length > 1000) return undefined;
    }
    return trail[trail.length - 1];
  }

  async stat(path: string, options?: { readonly followLink?: boolean }): Promise<GuestFileStat | undefined> {
    const place = await this.find(path, options?.followLink ?? true);
    return place && { kind: place.node.kind, sizeBytes: place.node.sizeBytes, mode: place.node.mode };
  }

  async list(path: string): Promise<readonly string[]> {
    const place = await this.find(path);
    if (place?.node.kind !== "directory") return [];
    return [...(await place.volume.names(place.node))].sort();
  }

  async read(path: string, maxBytes: number = MiB): Promise<Uint8Array | undefined> {
    const place = await this.find(path);
    return place?.node.kind === "file" ? readFileBytes(place.volume, place.node, maxBytes) : undefined;
  }

  /** The bytes of a file in order, in small pieces; `undefined` when there is no file. */
  async chunks(path: string, maxBytes: number): Promise<AsyncIterable<Uint8Array> | undefined> {
    const place = await this.find(path);
    return place?.node.kind === "file" ? place.volume.chunks(place.node, maxBytes) : undefined;
  }

  async readText(path: string, maxBytes: number = 256 * KiB): Promise<string | undefined> {
    const bytes = await this.read(path, maxBytes);
    return bytes && new TextDecoder().decode(bytes);
  }

  async readLink(path: string): Promise<string | undefined> {
    const place = await this.find(path, false);
    return place?.node.kind === "link" ? place.volume.readLink(place.node) : undefined;
  }

  async #rootPlace(): Promise<Place> {
    const volume = this.rootVolume;
    return { volume, node: await rootOf(volume), path: "/" };
  }

  async #step(here: Place, name: string): Promise<Place | undefined> {
    const path = here.path === "/" ? `/${name}` : `${here.path}/${name}`;
    const mounted = this.#mounts.get(path);
    if (mounted) return { volume: mounted, node: await rootOf(mounted), path };
    const node = await here.volume.lookup(here.node, name);
    return node && { volume: here.volume, node, path };
  }
}

function split(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

async function rootOf(volume: FileVolume): Promise<FileNode> {
  // In a volume without a root directory everything is absent.
  return (await volume.root()) ?? { kind: "other", sizeBytes: 0, mode: 0 };
}
