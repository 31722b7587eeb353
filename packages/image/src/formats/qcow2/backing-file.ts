import { SampanError } from "@sampan/core";
import { openParent } from "../../chain/open-parent.ts";
import type { DiskImage, ImageFormat } from "../../disk-image.ts";
import type { OpenContext } from "../format.ts";

/** QEMU's names of formats. */
const formats: Readonly<Record<string, ImageFormat>> = {
  raw: "raw",
  qcow: "qcow",
  qcow2: "qcow2",
  vmdk: "vmdk",
  vpc: "vhd",
  vhdx: "vhdx",
  vdi: "vdi",
  parallels: "parallels",
};

/**
 * Opens a backing file.
 *
 * A backing file is taken for a raw disk only when the image says that it is one. A guest can write whatever it likes to the
 * beginning of a raw disk, the header of an image that names another file included: the known attack on guessing formats.
 */
export async function openBackingFile(
  context: OpenContext,
  name: string,
  formatName: string | undefined,
): Promise<DiskImage | undefined> {
  if (formatName !== undefined && formatName !== "") {
    const format = Object.hasOwn(formats, formatName) ? formats[formatName] : undefined;
    if (format) return openParent(context, name, { format });
    const shown = formatName.replace(/[^\w.-]/g, "?").slice(0, 32);
    throw new SampanError(
      "IMAGE_FORMAT_UNSUPPORTED",
      `opening ${context.path}, a QCOW2 image whose backing file has the format ${shown}`,
      { details: { path: context.path, format: shown } },
    );
  }
  const guessed = await openParent(context, name);
  if (!guessed || (guessed.info.format !== "raw" && Object.values(formats).includes(guessed.info.format)))
    return guessed;
  await guessed.source.close();
  throw new SampanError(
    "IMAGE_PARENT_REFUSED",
    `opening ${context.path}, a QCOW2 image that does not say which format its backing file has`,
    {
      hint: "If you know that it is raw, record it: `qemu-img rebase -u -b BACKING -F raw IMAGE`.",
      details: { path: context.path, backing: guessed.path },
    },
  );
}
