import { formatBytes, type JsonObject, SampanError, safeInteger } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { textAt, viewOf } from "../../io/buffers.ts";
import type { FormatReader, OpenContext, OpenedFormat, ProbedFile } from "../format.ts";
import { MappedRaw } from "../raw/mapped-raw.ts";
import { readBytes } from "../read-bytes.ts";
import { openDynamic } from "./dynamic-reader.ts";
import { diskTypes, type Footer, footerBytes, footerCookie, parseFooter } from "./footer.ts";

/**
 * VHD: fixed, dynamic and differencing. The virtual size is the footer's current size, as Hyper-V, Disk2vhd and Azure take it; where CHS
 * geometry says otherwise, the details tell.
 */
export const vhdFormat: FormatReader = {
  format: "vhd",
  recognises(file) {
    if (textAt(file.head, 0, 8) === footerCookie) return true;
    if (file.tail.length < footerBytes) return refuseByName(file);
    const last = file.tail.subarray(file.tail.length - footerBytes);
    // Virtual PC before 2004 wrote footers of 511 bytes.
    if (textAt(last, 0, 8) === footerCookie || textAt(last, 1, 8) === footerCookie) return true;
    if (looksLikeFooter(last)) {
      throw new SampanError(
        "IMAGE_CORRUPT",
        `opening ${file.path}: its last sector is a VHD footer but for its cookie`,
        { details: { path: file.path, offset: file.sizeBytes - footerBytes } },
      );
    }
    return refuseByName(file);
  },
  open: openVhd,
};

/** Version and data offset of a fixed disk's footer: eighteen bytes that no other sector is likely to bear. */
function looksLikeFooter(sector: Uint8Array): boolean {
  const view = viewOf(sector);
  return (
    view.getUint32(12) === 0x00010000 &&
    view.getBigUint64(16) === 0xffffffffffffffffn &&
    view.getUint32(60) === diskTypes.fixed
  );
}

/** A file called .vhd that has no footer was cut short or is still growing: as a raw disk it would be wrong at its end. */
function refuseByName(file: ProbedFile): false {
  if (!file.path.toLowerCase().endsWith(".vhd")) return false;
  throw new SampanError(
    "IMAGE_CORRUPT",
    `opening ${file.path}, which is called a VHD and has no VHD footer`,
    {
      hint: "The file may have been cut short; copy it again. If it is a raw disk, say so with the format `raw`.",
      details: { path: file.path, sizeBytes: file.sizeBytes },
    },
  );
}

async function openVhd(container: BlockSource, context: OpenContext): Promise<OpenedFormat> {
  const { offset, footer } = await readFooter(container, context);
  const sizeBytes = safeInteger(footer.currentSizeBytes, "the current size in the VHD footer");
  if (sizeBytes === 0)
    throw new SampanError("IMAGE_CORRUPT", `opening ${context.path}: its VHD footer says 0 bytes`);
  switch (footer.diskType) {
    case diskTypes.fixed: {
      if (sizeBytes > offset) {
        throw new SampanError(
          "IMAGE_TRUNCATED",
          `opening ${context.path}: ${sizeBytes} bytes of disk should stand before the footer at ${offset}`,
          { details: { sizeBytes, offset } },
        );
      }
      const source = new MappedRaw(container, sizeBytes, await context.findHoles());
      return { variant: "fixed", source, compressed: false, details: detailsOf(footer) };
    }
    case diskTypes.dynamic:
    case diskTypes.differencing: {
      const variant = footer.diskType === diskTypes.dynamic ? "dynamic" : "differencing";
      const { source, blockBytes, parent } = await openDynamic(container, footer, sizeBytes, context);
      return {
        variant,
        source,
        compressed: false,
        details: { ...detailsOf(footer), blockBytes },
        ...(parent && { parent }),
      };
    }
    default:
      throw new SampanError(
        "IMAGE_CORRUPT",
        `opening ${context.path}: its VHD footer has the disk type ${footer.diskType}`,
      );
  }
}

async function readFooter(
  container: BlockSource,
  context: OpenContext,
): Promise<{ readonly offset: number; readonly footer: Footer }> {
  const last = await readBytes(
    container,
    container.sizeBytes - footerBytes,
    footerBytes,
    "the VHD footer",
    context.signal,
  );
  const short = textAt(last, 0, 8) !== footerCookie && textAt(last, 1, 8) === footerCookie;
  const offset = container.sizeBytes - (short ? 511 : footerBytes);
  const bytes = short ? Uint8Array.from([...last.subarray(1), 0]) : last;
  const footer = parseFooter(bytes, offset);
  if (footer.diskType !== diskTypes.fixed) {
    const copy = parseFooter(
      await readBytes(container, 0, footerBytes, "the copy of the VHD footer", context.signal),
      0,
    );
    if (copy.currentSizeBytes !== footer.currentSizeBytes || copy.diskType !== footer.diskType) {
      throw new SampanError(
        "IMAGE_CORRUPT",
        `opening ${context.path}: the VHD footer and its copy contradict each other`,
      );
    }
  }
  return { offset, footer };
}

function detailsOf(footer: Footer): JsonObject {
  const { cylinders, heads, sectors } = footer.geometry;
  const chsBytes = cylinders * heads * sectors * 512;
  return {
    creator: footer.creator.replace(/[^\x20-\x7e]/g, "").trim(),
    createdAt: new Date(footer.createdAtMs).toISOString(),
    uniqueId: Buffer.from(footer.uniqueId).toString("hex"),
    chsBytes,
    originalSize:
      footer.originalSizeBytes <= 2n ** 53n ? formatBytes(Number(footer.originalSizeBytes)) : "absurd",
  };
}
