import { SampanError } from "@sampan/core";
import type { ImageChain } from "./chain/image-chain.ts";
import type { DiskImage, ImageFormat, OpenImageOptions } from "./disk-image.ts";
import { type ImageFile, type ImagePlace, placeOf } from "./image-place.ts";

/** How a file that an image names is looked for and opened. */
export interface SiblingOptions {
  /** Takes a parent to be of this format instead of looking at its bytes. */
  readonly format?: ImageFormat;
  /**
   * Whether the last part of the name counts too: beside the image and in the allowed folders. For formats that record where
   * the file was on the machine that wrote them. Default `false`: the name is taken as it is, relative to the image.
   */
  readonly byBaseName?: boolean;
}

/** Opens a parent as an image of its own; {@link SiblingFiles} is given it, because it stands below `openDiskImage`. */
export type OpenLink = (path: string, options: OpenImageOptions, chain: ImageChain) => Promise<DiskImage>;

/**
 * The files an image names: its parent, its parts, its data file.
 *
 * No image may make Sampan read a file of its choice. A named file is opened only when it lies in the image's own folder or
 * below one of `allowPaths`, by its name and also by its real path, once every symbolic link is followed. What lies elsewhere is
 * refused before anything is looked up, so nothing can be learned of whether it exists. Names with a protocol (`nbd:`, `json:`,
 * `file:`) are never followed.
 *
 * @throws `IMAGE_PARENT_REFUSED` for a file that lies elsewhere, `IMAGE_PART_MISSING` for one that is not there, `IMAGE_CORRUPT`
 * for one that is already open as the image itself or a child of it, and for a chain of too many parents.
 */
export class SiblingFiles {
  readonly #imagePath: string;
  readonly #options: OpenImageOptions;
  readonly #chain: ImageChain;
  readonly #openLink: OpenLink;
  readonly #place: ImagePlace;

  constructor(imagePath: string, options: OpenImageOptions, chain: ImageChain, openLink: OpenLink) {
    this.#imagePath = imagePath;
    this.#options = options;
    this.#chain = chain;
    this.#openLink = openLink;
    this.#place = placeOf(options.files);
  }

  /**
   * Opens a file by its bytes alone: a part, a data file. The first of `names` that is there counts. The caller closes it.
   *
   * @param what the file's role, for messages: "part", "data file".
   */
  async openFile(
    names: string | readonly string[],
    what: string,
    options: SiblingOptions = {},
  ): Promise<ImageFile> {
    const path = await this.find(names, what, options);
    this.#chain.assertNew(path, this.#imagePath, what);
    return this.#place.open(path, this.#options.signal);
  }

  /** Opens a file as a disk image, with its own parents and parts in turn. The caller closes its source. */
  async openImage(
    names: string | readonly string[],
    what: string,
    options: SiblingOptions = {},
  ): Promise<DiskImage> {
    const path = await this.find(names, what, options);
    const chain = this.#chain.next(path, this.#imagePath, what);
    const { allowPaths, files, missingParent, unpacking, signal } = this.#options;
    const handedOn: OpenImageOptions = {
      ...(allowPaths && { allowPaths }),
      ...(files && { files }),
      ...(missingParent && { missingParent }),
      ...(unpacking && { unpacking }),
      ...(signal && { signal }),
      ...(options.format && { format: options.format }),
    };
    return this.#openLink(path, handedOn, chain);
  }

  /**
   * Paths of the files with this extension in the image's own folder and directly in the allowed ones, the image itself not among
   * them; at most 1,024. For formats that name their parent by an id alone.
   */
  async listByExtension(extension: string): Promise<readonly string[]> {
    const { dirname, resolve } = this.#place.paths;
    const image = resolve(this.#imagePath);
    const folders = [dirname(image), ...(this.#options.allowPaths ?? []).map((path) => resolve(path))];
    const paths = new Set<string>();
    let seen = 0;
    for (const folder of new Set(folders)) {
      for await (const name of (await this.names(folder)) ?? []) {
        if (++seen > maximumListed || paths.size >= maximumCandidates) break;
        if (name.toLowerCase().endsWith(extension)) paths.add(resolve(folder, name));
      }
    }
    paths.delete(image);
    return [...paths];
  }

  /** Names in a folder, as the place of the image lists them; `undefined` where it cannot be listed. */
  async names(folder: string): Promise<AsyncIterable<string> | Iterable<string> | undefined> {
    return this.#place.list(folder, this.#options.signal);
  }

  /** Whether a file of this name, which no image named, lies beside the image. */
  async isBeside(name: string): Promise<boolean> {
    const { dirname, resolve } = this.#place.paths;
    const path = resolve(dirname(resolve(this.#imagePath)), name);
    return (await this.#place.realPath(path, this.#options.signal)) !== undefined;
  }

  /** The real path of the first of `names` that is there and may be opened. */
  async find(names: string | readonly string[], what: string, options: SiblingOptions = {}): Promise<string> {
    const rule = await this.#rule();
    const named = typeof names === "string" ? [names] : names;
    let refused: string | undefined;
    for (const candidate of this.#candidates(named, options.byBaseName === true)) {
      if (candidate.path === undefined || !this.#permits(rule, candidate.path)) {
        refused ??= candidate.name;
        continue;
      }
      const real = await this.#place.realPath(candidate.path, this.#options.signal);
      if (real === undefined) continue;
      if (this.#permits(rule, real)) return real;
      refused ??= candidate.name;
    }
    throw refused === undefined
      ? missing(this.#imagePath, named, what)
      : outside(this.#imagePath, refused, what);
  }

  /** Where a file of these names may lie, best first; without a path when the name is none of a file. */
  *#candidates(
    names: readonly string[],
    byBaseName: boolean,
  ): Generator<{ readonly name: string; readonly path: string | undefined }> {
    const { basename, dirname, resolve, sep } = this.#place.paths;
    const folder = dirname(resolve(this.#imagePath));
    const usable = [];
    for (const name of names) {
      const plain = fileName(name);
      if (plain !== undefined) usable.push({ name, plain });
      // Where a foreign system had it cannot be a place on this one; its last part may still be.
      if (byBaseName && sep === "/" && isForeign(name)) continue;
      yield { name, path: plain === undefined ? undefined : resolve(folder, plain) };
    }
    if (!byBaseName) return;
    const folders = [folder, ...(this.#options.allowPaths ?? []).map((path) => resolve(path))];
    for (const root of folders) {
      for (const { name, plain } of usable) {
        // Only what stays below the folder: `..` in the name has been tried above, as it is.
        const below = resolve(root, plain.replace(/^([a-z]:)?\/+/i, ""));
        if (root !== folder && below.startsWith(root + sep)) yield { name, path: below };
        const last = basename(plain);
        if (last !== "" && last !== "." && last !== "..") yield { name, path: resolve(root, last) };
      }
    }
  }

  async #rule(): Promise<Rule> {
    const { dirname, resolve } = this.#place.paths;
    const image = resolve(this.#imagePath);
    const { signal } = this.#options;
    const real = async (folder: string) => (await this.#place.realFolder(folder, signal)) ?? folder;
    const realImage = (await this.#place.realPath(image, signal)) ?? image;
    const own = new Set([dirname(image), await real(dirname(image)), dirname(realImage)]);
    const roots: string[] = [];
    for (const path of this.#options.allowPaths ?? []) roots.push(resolve(path), await real(resolve(path)));
    return { own, roots };
  }

  #permits(rule: Rule, path: string): boolean {
    const { dirname, sep } = this.#place.paths;
    if (rule.own.has(dirname(path))) return true;
    return rule.roots.some(
      (root) => path === root || path.startsWith(root.endsWith(sep) ? root : root + sep),
    );
  }
}

/** Entries of folders that are looked at, and how many of them may be looked into. */
const maximumListed = 100_000;
const maximumCandidates = 1024;

interface Rule {
  /** Folders of the image: files directly in them may be opened. */
  readonly own: ReadonlySet<string>;
  /** Folders the user allowed, with all below them. */
  readonly roots: readonly string[];
}

/** Whether a name begins with a drive or a network share. */
function isForeign(name: string): boolean {
  return /^([a-z]:|\\\\)/i.test(name);
}

/** A name as a path of this system; `undefined` for what is no file's name: a protocol, nothing, a NUL. */
function fileName(name: string): string | undefined {
  if (name === "" || name.includes("\0") || /^[a-z][a-z0-9+.-]+:/i.test(name)) return undefined;
  // Backslashes separate folders for whoever wrote the image, whatever they do here.
  return name.replaceAll("\\", "/");
}

function shown(name: string): string {
  return JSON.stringify(name.replace(/[^\x20-\x7e]/g, "?").slice(0, 256));
}

function outside(imagePath: string, name: string, what: string): SampanError {
  return new SampanError(
    "IMAGE_PARENT_REFUSED",
    `opening ${imagePath}: its ${what}, ${shown(name)}, lies outside its folder`,
    {
      hint: "If you trust it, put the file beside the image or allow its folder with `--allow-path FOLDER`.",
      details: { path: imagePath, named: shown(name) },
    },
  );
}

function missing(imagePath: string, names: readonly string[], what: string): SampanError {
  const list = names.slice(0, 4).map(shown).join(", ");
  return new SampanError(
    "IMAGE_PART_MISSING",
    `opening ${imagePath}: its ${what}, ${list || "which has no name"}, is not there`,
    {
      hint: `Put the file beside the image, or allow the folder it lies in with \`--allow-path FOLDER\`.${
        what === "parent"
          ? " What the image itself holds, `sampan inspect` shows and `sampan convert --missing-parent zeros` writes."
          : ""
      }`,
      details: { path: imagePath, named: names.slice(0, 4).map(shown) },
    },
  );
}
