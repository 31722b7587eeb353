import { createHash } from "node:crypto";
import { MiB, SampanError } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { readBytes } from "../read-bytes.ts";

/*
 * The manifest of a package: DMTF DSP0243, section "OVF package". A line for each file: `SHA256(web-01.ovf)= 0123…`.
 */

const maximumManifestBytes = MiB;
const maximumLineBytes = 4096;
const stepBytes = MiB;

/** One file of a package as its manifest lists it. */
interface ListedFile {
  readonly algorithm: string;
  readonly digest: string;
}

/** The digests of a package's files. */
export class Manifest {
  readonly #path: string;
  readonly #signal: AbortSignal | undefined;
  readonly #files = new Map<string, ListedFile>();

  private constructor(path: string, signal: AbortSignal | undefined) {
    this.#path = path;
    this.#signal = signal;
  }

  /**
   * Reads a manifest; lines that are none of a file are passed over.
   *
   * @param path the package's, for messages.
   */
  static async read(source: BlockSource, path: string, signal: AbortSignal | undefined): Promise<Manifest> {
    if (source.sizeBytes > maximumManifestBytes) {
      throw new SampanError(
        "IMAGE_CORRUPT",
        `opening ${path}, whose manifest has ${source.sizeBytes} bytes`,
        {
          details: { path, sizeBytes: source.sizeBytes },
        },
      );
    }
    const manifest = new Manifest(path, signal);
    const bytes = await readBytes(source, 0, source.sizeBytes, "the manifest of a package", signal);
    for (const line of new TextDecoder().decode(bytes).split(/[\r\n]/)) {
      if (line.length > maximumLineBytes) continue;
      const [, algorithm = "", name = "", digest = ""] =
        /^(SHA1|SHA256|SHA384|SHA512) ?\((.+)\) ?= ?([0-9a-f]+)$/i.exec(line.trim()) ?? [];
      if (name !== "")
        manifest.#files.set(name, { algorithm: algorithm.toLowerCase(), digest: digest.toLowerCase() });
    }
    return manifest;
  }

  /**
   * Reads a file of the package to its end and holds its digest against the manifest.
   *
   * @throws `IMAGE_CORRUPT` when they differ, or the manifest does not list the file.
   */
  async check(name: string, file: BlockSource): Promise<void> {
    const listed = this.#files.get(name);
    const wrong = (what: string) =>
      new SampanError("IMAGE_CORRUPT", `opening ${this.#path}: ${what}`, {
        hint: "It was changed or damaged since it was exported. Copy or export it again; without `checkManifest` it is read as it is.",
        details: { path: this.#path, file: name },
      });
    if (!listed) throw wrong(`its manifest does not list ${JSON.stringify(name)}`);
    const hash = createHash(listed.algorithm);
    const buffer = new Uint8Array(Math.min(stepBytes, file.sizeBytes));
    for (let offset = 0; offset < file.sizeBytes; offset += stepBytes) {
      const part = buffer.subarray(0, Math.min(stepBytes, file.sizeBytes - offset));
      await file.read({ offset, length: part.length }, part, this.#signal);
      hash.update(part);
    }
    const digest = hash.digest("hex");
    if (digest !== listed.digest)
      throw wrong(
        `the ${listed.algorithm} of ${JSON.stringify(name)} is ${digest}, its manifest says ${listed.digest.slice(0, 128)}`,
      );
  }
}

/** What is thrown for a package without manifest when its manifest is to be checked. */
export function manifestMissing(path: string): SampanError {
  return new SampanError("IMAGE_PART_MISSING", `opening ${path}: its manifest (.mf) is not there`, {
    hint: "It says what the package's files should be. Leave `checkManifest` out to read the disk without it.",
    details: { path },
  });
}
