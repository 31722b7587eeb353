/* A QCOW2 disk without data, from docs/interop/qcow2.rst of QEMU. */

const clusterBits = 16;
const clusterBytes = 1 << clusterBits;

/**
 * The bytes of a QCOW2 disk of this size that reads as zeros throughout: 192 KiB and eight bytes for every 512 MiB.
 *
 * `sizeBytes` is a whole number of sectors, up to 32 TiB.
 */
export function blankDisk(sizeBytes: number): Buffer {
  const tableEntries = Math.ceil(sizeBytes / (clusterBytes * (clusterBytes / 8)));
  const tableClusters = Math.ceil((tableEntries * 8) / clusterBytes);
  const clusters = 3 + tableClusters;
  const bytes = Buffer.alloc(clusters * clusterBytes);
  bytes.writeUInt32BE(0x514649fb, 0);
  bytes.writeUInt32BE(2, 4);
  bytes.writeUInt32BE(clusterBits, 20);
  bytes.writeBigUInt64BE(BigInt(sizeBytes), 24);
  bytes.writeUInt32BE(tableEntries, 36);
  bytes.writeBigUInt64BE(BigInt(3 * clusterBytes), 40);
  // The table of reference counts, one cluster, and the block of counts it names: every cluster is used once.
  bytes.writeBigUInt64BE(BigInt(clusterBytes), 48);
  bytes.writeUInt32BE(1, 56);
  bytes.writeBigUInt64BE(BigInt(2 * clusterBytes), clusterBytes);
  for (let index = 0; index < clusters; index++) bytes.writeUInt16BE(1, 2 * clusterBytes + index * 2);
  return bytes;
}
