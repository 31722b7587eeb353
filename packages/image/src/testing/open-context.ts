import { SampanError } from "@sampan/core";
import { ImageChain } from "../chain/image-chain.ts";
import type { OpenImageOptions } from "../disk-image.ts";
import type { OpenContext } from "../formats/format.ts";
import { SiblingFiles } from "../sibling-files.ts";

/** The context of a container that is no file: what it names lies in a folder that does not exist. */
export function memoryContext(options: OpenImageOptions = {}): OpenContext {
  const path = "/nowhere/sampan/memory";
  const siblings = new SiblingFiles(path, options, ImageChain.from(path), () => {
    throw new Error("an image in memory has found a parent");
  });
  return {
    path,
    signal: undefined,
    options,
    siblings,
    depth: 0,
    noteMissingParent() {},
    findHoles: async () => undefined,
    async openInner() {
      throw new SampanError("IMAGE_FORMAT_UNSUPPORTED", "opening an image inside an image in memory");
    },
  };
}
