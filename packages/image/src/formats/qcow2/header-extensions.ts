import { KiB, SampanError } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { viewOf } from "../../io/buffers.ts";
import { readBytes } from "../read-bytes.ts";
import type { Qcow2Header } from "./qcow2-header.ts";

/* Header extensions: QEMU, docs/interop/qcow2.txt, section "Header extensions". Type (4), length (4), data padded to 8 bytes. */

const types = { end: 0, backingFormat: 0xe2792aca, dataFile: 0x44415441 } as const;
const maximumAreaBytes = 64 * KiB;

/** What the extensions and the space behind them say. */
export interface HeaderExtensions {
  /** The backing file's name; absent when there is none. */
  readonly backingName?: string;
  readonly backingFormat?: string;
  readonly dataFile?: string;
}

/** Reads the extensions and the name of the backing file, which lie in the first cluster. Unknown extensions are passed over. */
export async function readExtensions(
  container: BlockSource,
  header: Qcow2Header,
  path: string,
  signal: AbortSignal | undefined,
): Promise<HeaderExtensions> {
  const { backingName: place } = header;
  const end = Math.min(place.length > 0 ? place.offset : header.clusterBytes, container.sizeBytes);
  const length = Math.max(0, Math.min(end - header.headerLength, maximumAreaBytes));
  const area = await readBytes(container, header.headerLength, length, "the QCOW2 header extensions", signal);
  const view = viewOf(area);
  const found: { backingName?: string; backingFormat?: string; dataFile?: string } = {};
  for (let at = 0; at + 8 <= area.length; ) {
    const type = view.getUint32(at);
    const bytes = view.getUint32(at + 4);
    if (type === types.end) break;
    if (at + 8 + bytes > area.length) {
      throw new SampanError("IMAGE_CORRUPT", `opening ${path}: a QCOW2 header extension has ${bytes} bytes`, {
        details: { path, offset: header.headerLength + at, length: bytes },
      });
    }
    const text = () => Buffer.from(area.subarray(at + 8, at + 8 + bytes)).toString("utf8");
    if (type === types.backingFormat) found.backingFormat = text();
    if (type === types.dataFile) found.dataFile = text();
    at += 8 + Math.ceil(bytes / 8) * 8;
  }
  if (place.length > 0) {
    const what = "the name of the backing file";
    const name = await readBytes(container, place.offset, place.length, what, signal);
    found.backingName = Buffer.from(name).toString("utf8");
  }
  return found;
}
