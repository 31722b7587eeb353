import { KiB, MiB } from "@sampan/core";
import { type ExtVolume, rootInode } from "../ext/ext-volume.ts";
import type { ExtInode } from "../ext/inode.ts";
import type { GuestFileStat, GuestFiles } from "../fixups/fixup.ts";

/** As many links as Linux follows in one path. */
const maxLinks = 40;

/** A place found: its volume, its inode, and its absolute path with every link resolved. */
export interface Place {
  readonly volume: ExtVolume;
  readonly inode: ExtInode;
  readonly path: string;
}

/** The files of a guest across the volumes its fstab mounts. Read-only. */
export class MountedFiles implements GuestFiles {
  /** Volumes by mount point; `/` is always there. */
  readonly #mounts: Map<string, ExtVolume>;

  constructor(root: ExtVolume) {
    this.#mounts = new Map([["/", root]]);
  }

  /** Puts a volume at a mount point, as the guest would when it boots. */
  mount(mountPoint: string, volume: ExtVolume): void {
    this.#mounts.set(mountPoint, volume);
  }

  /** Where a volume is mounted; `/` for one that is not. */
  mountPointOf(volume: ExtVolume): string {
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
      if (place.inode.kind !== "link" || (pending.length === 0 && !followLast)) {
        trail.push(place);
        continue;
      }
      const target = await place.volume.readLink(place.inode);
      if (target === undefined || target === "" || ++links > maxLinks) return undefined;
      if (target.startsWith("/")) trail.length = 1;
      pending = [...split(target), ...pending];
      if (pending.length > 1000) return undefined;
    }
    return trail[trail.length - 1];
  }

  async stat(path: string, options?: { readonly followLink?: boolean }): Promise<GuestFileStat | undefined> {
    const place = await this.find(path, options?.followLink ?? true);
    return place && { kind: place.inode.kind, sizeBytes: place.inode.sizeBytes, mode: place.inode.mode };
  }

  async list(path: string): Promise<readonly string[]> {
    const place = await this.find(path);
    if (place?.inode.kind !== "directory") return [];
    return [...(await place.volume.directory(place.inode)).keys()].sort();
  }

  async read(path: string, maxBytes: number = MiB): Promise<Uint8Array | undefined> {
    const place = await this.find(path);
    return place?.inode.kind === "file" ? place.volume.read(place.inode, maxBytes) : undefined;
  }

  /** The bytes of a file in order, in small pieces; `undefined` when there is no file. */
  async chunks(path: string, maxBytes: number): Promise<AsyncIterable<Uint8Array> | undefined> {
    const place = await this.find(path);
    return place?.inode.kind === "file" ? place.volume.chunks(place.inode, maxBytes) : undefined;
  }

  async readText(path: string, maxBytes: number = 256 * KiB): Promise<string | undefined> {
    const bytes = await this.read(path, maxBytes);
    return bytes && new TextDecoder().decode(bytes);
  }

  async readLink(path: string): Promise<string | undefined> {
    const place = await this.find(path, false);
    return place?.inode.kind === "link" ? place.volume.readLink(place.inode) : undefined;
  }

  async #rootPlace(): Promise<Place> {
    const volume = this.#mounts.get("/") as ExtVolume;
    return { volume, inode: await rootOf(volume), path: "/" };
  }

  async #step(here: Place, name: string): Promise<Place | undefined> {
    const path = here.path === "/" ? `/${name}` : `${here.path}/${name}`;
    const mounted = this.#mounts.get(path);
    if (mounted) return { volume: mounted, inode: await rootOf(mounted), path };
    const number = (await here.volume.directory(here.inode)).get(name);
    const inode = number === undefined ? undefined : await here.volume.inode(number);
    return inode && { volume: here.volume, inode, path };
  }
}

function split(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

async function rootOf(volume: ExtVolume): Promise<ExtInode> {
  const inode = await volume.inode(rootInode);
  if (inode) return inode;
  // A volume without a root directory: everything is absent.
  return {
    number: rootInode,
    kind: "directory",
    mode: 0,
    uid: 0,
    gid: 0,
    sizeBytes: 0,
    links: 0,
    usesExtents: false,
    inline: false,
    encrypted: true,
    root: new Uint8Array(60),
    inlineRest: new Uint8Array(0),
  };
}
