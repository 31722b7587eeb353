import { DiskRefused, type InspectedDisk, type ObjectReader } from "./reader.ts";

/* QCOW2, from docs/interop/qcow2.rst of QEMU: the fields an import depends on. */

const magic = 0x514649fb;
const largestDiskBytes = 2048 * 1024 ** 3;

/** Whether an object begins like a QCOW2 image. */
export async function looksLikeQcow2(reader: ObjectReader): Promise<boolean> {
  return reader.sizeBytes >= 4 && (await reader.read(0, 4)).readUInt32BE(0) === magic;
}

/** Checks the header of a QCOW2 image; DiskRefused when it cannot be imported. */
export async function inspectQcow2(reader: ObjectReader): Promise<InspectedDisk> {
  if (reader.sizeBytes < 104) throw malformed("is too small for a header");
  const header = await reader.read(0, 104);
  if (header.readUInt32BE(0) !== magic) throw malformed("has no QCOW2 header");
  const version = header.readUInt32BE(4);
  if (version !== 2 && version !== 3) throw malformed(`is of version ${version}`);
  if (header.readBigUInt64BE(8) !== 0n) throw malformed("has a backing file");
  const clusterBits = header.readUInt32BE(20);
  if (clusterBits < 9 || clusterBits > 21) throw malformed(`has clusters of 2^${clusterBits} bytes`);
  const virtualSize = header.readBigUInt64BE(24);
  if (virtualSize === 0n || virtualSize > BigInt(largestDiskBytes))
    throw malformed(`holds ${virtualSize} bytes`);
  if (header.readUInt32BE(32) !== 0) throw malformed("is encrypted");
  const tableEntries = header.readUInt32BE(36);
  const tableOffset = header.readBigUInt64BE(40);
  if (tableOffset + BigInt(tableEntries) * 8n > BigInt(reader.sizeBytes)) throw malformed("is cut off");
  // One entry of the first table stands for a table of clusterBytes / 8 clusters.
  const bytesPerEntry = 1n << BigInt(2 * clusterBits - 3);
  if (BigInt(tableEntries) * bytesPerEntry < virtualSize)
    throw malformed("has too small a table for its size");
  const incompatible = version === 3 ? header.readBigUInt64BE(72) : 0n;
  // Bit 0: not closed properly. Bit 3: another compression, which is fine. Others: corrupt, external data, unknown.
  if ((incompatible & ~0b1001n) !== 0n) throw malformed("needs features an import does not have");
  return { format: "QCOW2", virtualSizeBytes: Number(virtualSize), lateProblem: null };
}

function malformed(what: string): DiskRefused {
  return new DiskRefused("InvalidImageFormat.Malformed", `The QCOW2 image ${what}.`);
}
