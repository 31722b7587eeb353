import { DiskRefused, type InspectedDisk, type ObjectReader } from "./reader.ts";

/*
 * Virtual Hard Disk, from the "Virtual Hard Disk Image Format Specification" 1.0 (2006). Written apart from
 * @sampan/image on purpose: an image our encoder gets wrong must not be found right by code it shares.
 *
 * A fixed disk is its raw bytes followed by a 512-byte footer. A dynamic one has a copy of the footer in front, then a
 * 1,024-byte header, a table with one entry per block (BAT), and blocks, each with a bitmap of its sectors before it.
 */

const footerBytes = 512;
const headerBytes = 1024;
const unallocated = 0xffffffff;
const largestDiskBytes = 2048 * 1024 ** 3;
const batPieceBytes = 1024 * 1024;
const supportedBlockBytes = [512 * 1024, 2 * 1024 * 1024];

interface Footer {
  readonly dataOffset: bigint;
  readonly currentSizeBytes: number;
  readonly diskType: number;
}

/** Whether an object ends in a VHD footer. */
export async function looksLikeVhd(reader: ObjectReader): Promise<boolean> {
  if (reader.sizeBytes < footerBytes) return false;
  const footer = await reader.read(reader.sizeBytes - footerBytes, 8);
  return footer.toString("latin1") === "conectix";
}

/** Checks a VHD through and through; DiskRefused for what the service finds at once. */
export async function inspectVhd(reader: ObjectReader): Promise<InspectedDisk> {
  if (reader.sizeBytes < footerBytes) throw malformed("is too small for a footer");
  const footer = parseFooter(await reader.read(reader.sizeBytes - footerBytes, footerBytes), "footer");
  if (footer.diskType === 2) return inspectFixed(reader, footer);
  if (footer.diskType === 3) return inspectDynamic(reader, footer);
  throw malformed(`is of disk type ${footer.diskType}; only fixed and dynamic disks can be imported`);
}

function inspectFixed(reader: ObjectReader, footer: Footer): InspectedDisk {
  const dataBytes = reader.sizeBytes - footerBytes;
  if (dataBytes !== footer.currentSizeBytes) {
    throw new DiskRefused(
      "InvalidVHDImage.IncorrectSize",
      `The fixed VHD says it holds ${footer.currentSizeBytes} bytes but has ${dataBytes}.`,
    );
  }
  return { format: "VHD", virtualSizeBytes: footer.currentSizeBytes, lateProblem: null };
}

async function inspectDynamic(reader: ObjectReader, footer: Footer): Promise<InspectedDisk> {
  const footerOffset = reader.sizeBytes - footerBytes;
  const copy = parseFooter(await reader.read(0, footerBytes), "copy of the footer");
  if (copy.currentSizeBytes !== footer.currentSizeBytes || copy.dataOffset !== footer.dataOffset) {
    throw malformed("has two footers that differ");
  }
  const headerOffset = within(footer.dataOffset, headerBytes, footerOffset, "header");
  const header = await reader.read(headerOffset, headerBytes);
  if (header.toString("latin1", 0, 8) !== "cxsparse") throw malformed("has no dynamic header");
  if (checksum(header, 36) !== header.readUInt32BE(36))
    throw malformed("has a dynamic header with a bad checksum");
  const entries = header.readUInt32BE(28);
  const blockBytes = header.readUInt32BE(32);
  if (!supportedBlockBytes.includes(blockBytes)) {
    throw new DiskRefused("InvalidBlockSize.NotSupport", `The VHD has blocks of ${blockBytes} bytes.`);
  }
  // Compared in bigint: entries × blockBytes can be 2^53 and more.
  if (BigInt(entries) * BigInt(blockBytes) < BigInt(footer.currentSizeBytes)) {
    throw new DiskRefused(
      "InvalidVHDImage.IncorrectSize",
      `The VHD's table of ${entries} blocks of ${blockBytes} bytes does not hold ${footer.currentSizeBytes} bytes.`,
    );
  }
  const tableOffset = within(header.readBigUInt64BE(16), entries * 4, footerOffset, "block table");
  const lateProblem = await checkBlocks(reader, tableOffset, entries, blockBytes, footerOffset);
  return { format: "VHD", virtualSizeBytes: footer.currentSizeBytes, lateProblem };
}

/** Checks that every block lies inside the file and none overlaps another. */
async function checkBlocks(
  reader: ObjectReader,
  tableOffset: number,
  entries: number,
  blockBytes: number,
  footerOffset: number,
): Promise<string | null> {
  const bitmapBytes = Math.ceil(blockBytes / 512 / 8 / 512) * 512;
  const wholeBlockBytes = bitmapBytes + blockBytes;
  const offsets: number[] = [];
  for (let done = 0; done < entries * 4; done += batPieceBytes) {
    const piece = await reader.read(tableOffset + done, Math.min(batPieceBytes, entries * 4 - done));
    for (let at = 0; at < piece.length; at += 4) {
      const sector = piece.readUInt32BE(at);
      if (sector === unallocated) continue;
      const offset = sector * 512;
      const block = (done + at) / 4;
      if (offset < tableOffset + entries * 4 || offset + wholeBlockBytes > footerOffset) {
        return `block ${block} of the VHD lies at ${offset}, outside the data of the file`;
      }
      offsets.push(offset);
    }
  }
  offsets.sort((a, b) => a - b);
  const overlap = offsets.find(
    (offset, index) => index > 0 && offset - (offsets[index - 1] ?? 0) < wholeBlockBytes,
  );
  return overlap === undefined ? null : `two blocks of the VHD overlap at ${overlap}`;
}

function parseFooter(bytes: Buffer, what: string): Footer {
  if (bytes.toString("latin1", 0, 8) !== "conectix") throw malformed(`has no ${what}`);
  if (checksum(bytes, 64) !== bytes.readUInt32BE(64)) throw malformed(`has a ${what} with a bad checksum`);
  if (bytes.readUInt32BE(12) !== 0x00010000) throw malformed(`has a ${what} of an unknown version`);
  const currentSize = bytes.readBigUInt64BE(48);
  if (currentSize === 0n || currentSize > BigInt(largestDiskBytes) || currentSize % 512n !== 0n) {
    throw new DiskRefused("InvalidVHDImage.IncorrectSize", `The VHD's disk has ${currentSize} bytes.`);
  }
  return {
    dataOffset: bytes.readBigUInt64BE(16),
    currentSizeBytes: Number(currentSize),
    diskType: bytes.readUInt32BE(60),
  };
}

/** One's complement of the sum of all bytes but the checksum's own four. */
function checksum(bytes: Buffer, at: number): number {
  let sum = 0;
  for (let index = 0; index < bytes.length; index++) {
    if (index < at || index >= at + 4) sum += bytes[index] ?? 0;
  }
  return ~sum >>> 0;
}

function within(offset: bigint, length: number, end: number, what: string): number {
  if (offset < BigInt(footerBytes) || offset + BigInt(length) > BigInt(end)) {
    throw malformed(`has its ${what} at ${offset}, outside the file`);
  }
  return Number(offset);
}

function malformed(what: string): DiskRefused {
  return new DiskRefused("InvalidImageFormat.Malformed", `The VHD ${what}.`);
}
