import { isSampanError, SampanError } from "@sampan/core";
import type { DiskImage } from "../../disk-image.ts";
import { textAt } from "../../io/buffers.ts";
import type { OpenContext } from "../format.ts";
import { readBytes } from "../read-bytes.ts";

export const vdiMark = "\x7f\x10\xda\xbe";
export const headerBytes = 456;
const none = "0".repeat(32);

/** What identifies an image and its parent: VirtualBox gives an image a new change id whenever it was written to. */
export interface VdiIds {
  readonly own: string;
  readonly change: string;
  readonly parent: string;
  readonly parentChange: string;
}

/** The ids at the end of a header. */
export function vdiIds(header: Uint8Array): VdiIds {
  const at = (offset: number) => Buffer.from(header.subarray(offset, offset + 16)).toString("hex");
  return { own: at(392), change: at(408), parent: at(424), parentChange: at(440) };
}

/**
 * Opens the parent of a differencing image. The image names it by an id alone, of which VirtualBox keeps the path in its own
 * registry; so the `.vdi` files beside the image, and in the allowed folders, are looked at.
 *
 * @returns `undefined` when it is not there and the user wants zeros in its place.
 * @throws `IMAGE_PART_MISSING`; `IMAGE_PARENT_MISMATCH` for a parent that was written to since.
 */
export async function openVdiParent(ids: VdiIds, context: OpenContext): Promise<DiskImage | undefined> {
  const { path, siblings, options } = context;
  const found = await findParent(ids.parent, context);
  if (found === undefined) {
    if (options.missingParent === "zeros") {
      context.noteMissingParent([ids.parent], "absent");
      return undefined;
    }
    throw new SampanError(
      "IMAGE_PART_MISSING",
      `opening ${path}, a VDI image with the changes since another: no .vdi file beside it has the id ${ids.parent}`,
      {
        hint: "Put its parent beside it, or allow the folder it lies in with `--allow-path FOLDER`; or clone the disk with VirtualBox, which writes it into one file: `VBoxManage clonemedium IMAGE WHOLE.vdi`.",
        details: { path, parentId: ids.parent },
      },
    );
  }
  const parent = await siblings.openImage(found, "parent", { format: "vdi" });
  const { changeId } = parent.info.details;
  if (ids.parentChange === none || changeId === ids.parentChange) return parent;
  await parent.source.close();
  throw new SampanError(
    "IMAGE_PARENT_MISMATCH",
    `opening ${path}: the last change of its parent should be ${ids.parentChange}, that of ${found} is ${String(changeId)}`,
    {
      hint: "The parent was written to after this image was made on it, or is another copy of it.",
      details: { path, parent: found, wanted: ids.parentChange, found: changeId ?? null },
    },
  );
}

async function findParent(id: string, { siblings, signal }: OpenContext): Promise<string | undefined> {
  if (id === none) return undefined;
  for (const path of await siblings.listByExtension(".vdi")) {
    // What cannot be read, or is a child of this image, is not the parent.
    const file = await siblings.openFile(path, "parent").catch((error: unknown) => {
      if (isSampanError(error) && error.code !== "CORE_CANCELLED") return undefined;
      throw error;
    });
    if (!file) continue;
    try {
      if (file.sizeBytes < headerBytes) continue;
      const header = await readBytes(file, 0, headerBytes, "a VDI header", signal);
      if (textAt(header, 64, 4) === vdiMark && vdiIds(header).own === id) return path;
    } finally {
      await file.close();
    }
  }
  return undefined;
}
