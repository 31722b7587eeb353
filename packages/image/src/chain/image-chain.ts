import { SampanError } from "@sampan/core";

/** Links a chain may have: more than any product makes, few enough to stay within open files and memory. */
export const maximumChainLinks = 64;

/**
 * The images from the one the user named down to the one being opened, each the parent of the one before.
 *
 * A value: {@link next} gives a longer chain and leaves this one as it is.
 */
export class ImageChain {
  /** Real paths, the image the user named first. */
  readonly #paths: readonly string[];

  private constructor(paths: readonly string[]) {
    this.#paths = paths;
  }

  /** A chain of one image. */
  static from(realPath: string): ImageChain {
    return new ImageChain([realPath]);
  }

  /** How many children the image being opened has in this chain: 0 for the one the user named. */
  get depth(): number {
    return this.#paths.length - 1;
  }

  /** The chain with one more parent; refuses one that is in it already, and one too many, with `IMAGE_CORRUPT`. */
  next(realPath: string, imagePath: string, what: string): ImageChain {
    this.assertNew(realPath, imagePath, what);
    if (this.#paths.length >= maximumChainLinks) {
      throw new SampanError(
        "IMAGE_CORRUPT",
        `opening ${imagePath}: its ${what} would be link ${this.#paths.length + 1} of a chain of images`,
        {
          hint: `At most ${maximumChainLinks} are followed. Merge some of them with the tool that made them.`,
          details: { path: imagePath, links: this.#paths.length },
        },
      );
    }
    return new ImageChain([...this.#paths, realPath]);
  }

  /** Refuses a file that is already open as one of these images, with `IMAGE_CORRUPT`. */
  assertNew(realPath: string, imagePath: string, what: string): void {
    if (!this.#paths.includes(realPath)) return;
    throw new SampanError(
      "IMAGE_CORRUPT",
      `opening ${imagePath}: its ${what} is ${realPath === this.#paths.at(-1) ? "the image itself" : "one of its own children"}`,
      { details: { path: imagePath, named: realPath } },
    );
  }
}
