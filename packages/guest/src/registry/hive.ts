import { hasText, le32 } from "../volumes/fields.ts";
import { corrupt, HiveCells, type ReadHive } from "./cells.ts";
import { HiveKey } from "./key.ts";

const baseBlockBytes = 4096;

/**
 * A hive of a Windows registry (regf 1.2 to 1.6), read-only and piece by piece: only what is asked for is read, so that
 * one of 100 MB costs a few pages.
 *
 * Made for foreign bytes: what contradicts itself ends in `GUEST_REGISTRY_CORRUPT`, no list is longer than its key may
 * have, nothing is followed deeper than the caller asks, and half a million cells are read at most. A transaction log is
 * not applied. After Maxim Suhanov's description of the format and what hivex reads.
 */
export class Hive {
  /** True when it was not written out whole: its last changes may lie in its transaction log. */
  readonly dirty: boolean;
  readonly root: HiveKey;

  private constructor(root: HiveKey, dirty: boolean) {
    this.root = root;
    this.dirty = dirty;
  }

  /** Opens a hive by what reads its file; `read` gives fewer bytes where the file ends. */
  static async open(read: ReadHive): Promise<Hive> {
    const base = await read(0, baseBlockBytes);
    if (base.length < baseBlockBytes || !hasText(base, 0, "regf"))
      throw corrupt("it does not begin with regf");
    const [major, minor] = [le32(base, 20), le32(base, 24)];
    if (major !== 1 || minor < 2 || minor > 6) throw corrupt(`it is of version ${major}.${minor}`);
    if (checksum(base) !== le32(base, 508)) throw corrupt("the checksum of its first block is wrong");
    const cells = new HiveCells(read, le32(base, 40), minor);
    return new Hive(await HiveKey.at(cells, le32(base, 36)), le32(base, 4) !== le32(base, 8));
  }

  /** A key by its path, such as `Microsoft\Windows NT\CurrentVersion`, without regard to case; `undefined` when absent. */
  async key(path: string): Promise<HiveKey | undefined> {
    let key: HiveKey | undefined = this.root;
    for (const name of path.split("\\")) key = await key?.subkey(name);
    return key;
  }
}

/** The first 508 bytes by exclusive or; 0 and FFFFFFFF are written as 1 and FFFFFFFE. */
function checksum(base: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < 508; at += 4) sum ^= le32(base, at);
  const told = sum >>> 0;
  return told === 0 ? 1 : told === 0xffffffff ? 0xfffffffe : told;
}
