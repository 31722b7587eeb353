import { inspectQcow2, looksLikeQcow2 } from "./qcow2.ts";
import { DiskRefused, type InspectedDisk, type ObjectReader } from "./reader.ts";
import { inspectVhd, looksLikeVhd } from "./vhd.ts";

/**
 * Reads what an import would read first of an object: its header, sizes and tables.
 *
 * `format` is what the caller declares; without it the bytes decide, and what is neither VHD nor QCOW2 is RAW. A raw
 * disk that looks like another format is refused: it would be imported as garbage. Throws DiskRefused.
 */
export async function inspectDisk(
  reader: ObjectReader,
  format: "VHD" | "RAW" | "QCOW2" | undefined,
): Promise<InspectedDisk> {
  if (format === "VHD") return inspectVhd(reader);
  if (format === "QCOW2") return inspectQcow2(reader);
  const isQcow2 = await looksLikeQcow2(reader);
  const isVhd = !isQcow2 && (await looksLikeVhd(reader));
  if (format === undefined && isQcow2) return inspectQcow2(reader);
  if (format === undefined && isVhd) return inspectVhd(reader);
  if (isQcow2 || isVhd) {
    const found = isQcow2 ? "QCOW2" : "VHD";
    throw new DiskRefused("InvalidImageFormat.Malformed", `The object is declared RAW but is ${found}.`);
  }
  if (reader.sizeBytes % 512 !== 0) {
    const found = `${reader.sizeBytes} bytes are not whole sectors`;
    throw new DiskRefused("InvalidImageFormat.Malformed", `The object is no RAW disk: ${found}.`);
  }
  return { format: "RAW", virtualSizeBytes: reader.sizeBytes, lateProblem: null };
}
