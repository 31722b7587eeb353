import { KiB, SampanError } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { guidText, le32, le64 } from "../volumes/fields.ts";
import { readBytes } from "../volumes/read-bytes.ts";

const headerOffset = 0x1e00;
const signature = "3808876b-c176-4e48-b7ae-04046e6cc752";
const blockBytes = 16 * KiB;
const entryBytes = 128;
const maxBlocks = 64;

/**
 * Refuses with `GUEST_FS_UNSUPPORTED` a volume that has shadow copies: they read what was freed since they were made, so
 * free space is in use. After the format as libvshadow's documentation describes it.
 */
export async function checkNoShadowCopies(volume: BlockSource, signal?: AbortSignal): Promise<void> {
  const header = await readBytes(volume, headerOffset, 128, signal);
  if (guidText(header, 0) !== signature) return;
  let at = le64(header, 48);
  for (let blocks = 0; at !== 0; blocks++) {
    const block =
      at + blockBytes <= volume.sizeBytes ? await readBytes(volume, at, blockBytes, signal) : header;
    if (
      blocks >= maxBlocks ||
      block === header ||
      guidText(block, 0) !== signature ||
      le32(block, 20) !== 2
    ) {
      throw has("a catalogue of shadow copies that cannot be read");
    }
    for (let entry = entryBytes; entry < blockBytes; entry += entryBytes) {
      const type = le64(block, entry);
      // 0 ends the list, 1 is an entry that was used before.
      if (type > 1) throw has("shadow copies");
    }
    at = le64(block, 40);
  }
}

function has(what: string): SampanError {
  return new SampanError("GUEST_FS_UNSUPPORTED", `reading the free space of NTFS: it has ${what}`);
}
