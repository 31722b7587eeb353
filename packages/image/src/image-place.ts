import { opendir, realpath } from "node:fs/promises";
import localPaths, { posix } from "node:path";
import { AllocationMap } from "./allocation-map.ts";
import type { BlockSource } from "./block-source.ts";
import { openFileSource } from "./sources/file-source.ts";

/**
 * Where the files of an image lie when that is no folder of this machine: a web server, the datastore of a hypervisor.
 *
 * Paths are absolute, with `/` between their parts, on every system. Nothing here decides what an image may name: that is checked
 * before any of these is called, by the same rules as for local files.
 */
export interface FilesOfImage {
  /** The path of a file once every link is followed; `undefined` when there is no such file. Other failures are thrown. */
  realPath(path: string, signal?: AbortSignal): Promise<string | undefined>;
  /** As {@link realPath}, of a folder. Where there are no links, or only ever the same, the path as it is. */
  realFolder(path: string, signal?: AbortSignal): Promise<string | undefined>;
  /** Names of the files in a folder, in any order; `undefined` where folders cannot be listed. */
  list(folder: string, signal?: AbortSignal): Promise<Iterable<string> | undefined>;
  /** Opens a file; it is closed by whoever asked. `IMAGE_NOT_FOUND` when it is not there. */
  open(path: string, signal?: AbortSignal): Promise<BlockSource>;
}

/** One open file of an image. */
export interface ImageFile extends BlockSource {
  readonly path: string;
  /** The file's holes as far as they have been found; `undefined` when nothing is known. */
  readonly map: AllocationMap | undefined;
  /** Looks for holes, once; returns what is then known. */
  findHoles(signal?: AbortSignal): Promise<AllocationMap | undefined>;
}

/** A place where files of images lie, with the rules for paths that hold there. */
export interface ImagePlace {
  readonly paths: Pick<typeof posix, "resolve" | "dirname" | "basename" | "sep">;
  realPath(path: string, signal?: AbortSignal): Promise<string | undefined>;
  realFolder(path: string, signal?: AbortSignal): Promise<string | undefined>;
  /** Names in a folder; `undefined` where it cannot be listed. */
  list(folder: string, signal?: AbortSignal): Promise<AsyncIterable<string> | Iterable<string> | undefined>;
  open(path: string, signal?: AbortSignal): Promise<ImageFile>;
}

const realLocalPath = (path: string) => realpath(path).catch(() => undefined);

const localPlace: ImagePlace = {
  paths: localPaths,
  realPath: realLocalPath,
  realFolder: realLocalPath,
  async list(folder) {
    const entries = await opendir(folder).catch(() => undefined);
    return entries && namesOf(entries);
  },
  open: (path, signal) => openFileSource(path, { findHoles: false, ...(signal && { signal }) }),
};

/** The place an image is opened from: this machine's folders unless other files were given. */
export function placeOf(files: FilesOfImage | undefined): ImagePlace {
  if (files === undefined) return localPlace;
  return {
    paths: posix,
    realPath: (path, signal) => files.realPath(path, signal),
    realFolder: (path, signal) => files.realFolder(path, signal),
    list: (folder, signal) => files.list(folder, signal),
    open: async (path, signal) => asImageFile(await files.open(path, signal), path),
  };
}

async function* namesOf(entries: AsyncIterable<{ readonly name: string }>): AsyncGenerator<string> {
  for await (const { name } of entries) yield name;
}

/** A source as a file of an image; its holes are what it lists itself. */
function asImageFile(source: BlockSource, path: string): ImageFile {
  let map: AllocationMap | undefined;
  return {
    path,
    sizeBytes: source.sizeBytes,
    features: source.features,
    get map() {
      return map;
    },
    async findHoles(signal) {
      if (source.features.extents === "exact") map ??= await AllocationMap.read(source, signal);
      return map;
    },
    read: (range, into, signal) => source.read(range, into, signal),
    extents: (range, signal) => source.extents(range, signal),
    close: () => source.close(),
  };
}
