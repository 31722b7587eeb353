import { KiB } from "@sampan/core";

/** Options of {@link mdSuperblock}. */
export interface MdSuperblockOptions {
  readonly level?: number;
  readonly name?: string;
  /** Role of the member; 0 and 1 are the two places of a mirror, 0xffff is a spare. */
  readonly role?: number;
  readonly features?: number;
  readonly dataOffsetBytes: number;
  readonly dataBytes: number;
}

/** Makes the superblock of a member of a Linux software RAID, version 1.2, to be put 4 KiB into it. */
export function mdSuperblock(options: MdSuperblockOptions): Uint8Array {
  const { level = 1, name = "web-01:0", role = 0, features = 0, dataOffsetBytes, dataBytes } = options;
  const maxDevices = 128;
  const bytes = new Uint8Array(256 + maxDevices * 2);
  const view = new DataView(bytes.buffer);
  const words: readonly (readonly [at: number, value: number])[] = [
    [0, 0xa92b4efc],
    [4, 1],
    [8, features],
    [72, level],
    [80, dataBytes / 512],
    [92, 2],
    [128, dataOffsetBytes / 512],
    [136, dataBytes / 512],
    [144, (4 * KiB) / 512],
    [200, 17],
    [220, maxDevices],
  ];
  for (const [at, value] of words) view.setUint32(at, value, true);
  view.setUint32(208, 0xffffffff, true);
  view.setUint32(212, 0xffffffff, true);
  bytes.set(
    Uint8Array.from({ length: 16 }, (_, i) => i + 1),
    16,
  );
  bytes.set(
    Uint8Array.from({ length: 16 }, (_, i) => i + 0x41),
    168,
  );
  bytes.set(new TextEncoder().encode(name), 32);
  bytes.fill(0xff, 256);
  view.setUint16(256, role, true);
  let sum = 0n;
  for (let at = 0; at < bytes.length; at += 4) sum += BigInt(view.getUint32(at, true));
  view.setUint32(216, Number(((sum & 0xffffffffn) + (sum >> 32n)) & 0xffffffffn), true);
  return bytes;
}
