import { latin1, textAt } from "../../../io/buffers.ts";

/** One member of an archive for tests. */
export interface TarMember {
  readonly name: string;
  readonly content: Uint8Array | string;
  /** Type of entry; a plain file by default. */
  readonly type?: string;
  /** Writes the size in binary, as GNU tar does for large files. */
  readonly binarySize?: boolean;
}

/** Writes a tar archive (ustar), independent of the reader's code. */
export function makeTar(members: readonly TarMember[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { name, content, type = "0", binarySize = false } of members) {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const header = Buffer.alloc(512);
    header.write(name, 0, 100, "utf8");
    header.write("0000644\x000000000\x000000000\x00", 100, "latin1");
    if (binarySize) {
      header[124] = 0x80;
      header.writeBigUInt64BE(BigInt(bytes.length), 128);
    } else header.write(`${bytes.length.toString(8).padStart(11, "0")}\0`, 124, "latin1");
    header.write("14700000000\x00        ", 136, "latin1");
    header.write(type, 156, "latin1");
    header.write("ustar\x0000", 257, "latin1");
    signTarHeader(header);
    parts.push(header, bytes, new Uint8Array((512 - (bytes.length % 512)) % 512));
  }
  return Uint8Array.from(Buffer.concat([...parts, new Uint8Array(1024)]));
}

/** Puts the checksum of a header right. */
export function signTarHeader(header: Uint8Array): void {
  header.set(latin1("        "), 148);
  const sum = header.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  header.set(latin1(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
}

/** Puts the checksums of all headers right that still say they are one. */
export function signTar(archive: Uint8Array): void {
  for (let at = 0; at + 512 <= archive.length; at += 512) {
    if (textAt(archive, at + 257, 5) === "ustar") signTarHeader(archive.subarray(at, at + 512));
  }
}

/** A disk of a description for tests. */
export interface DescribedDisk {
  readonly href: string | null;
  readonly capacity: number;
  readonly attributes?: string;
}

/** Writes an OVF description as VMware and VirtualBox word it. */
export function makeOvf(disks: readonly DescribedDisk[]): string {
  const files = disks.flatMap(({ href, attributes = "" }, index) =>
    href === null ? [] : [`    <File ovf:href="${href}" ovf:id="file${index + 1}" ${attributes}/>`],
  );
  const lines = disks.map(
    ({ href, capacity }, index) =>
      `    <Disk ovf:capacity="${capacity}" ovf:capacityAllocationUnits="byte * 2^20" ovf:diskId="vmdisk${index + 1}"${href === null ? "" : ` ovf:fileRef="file${index + 1}"`} ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
  <References>
${files.join("\n")}
  </References>
  <DiskSection>
    <Info>Virtual disks &amp; more</Info>
${lines.join("\n")}
  </DiskSection>
  <VirtualSystem ovf:id="vm"><Info>A machine</Info><Name>shop</Name></VirtualSystem>
</Envelope>
`;
}
