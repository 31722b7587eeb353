import { SampanError } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { textAt, viewOf } from "../../io/buffers.ts";
import { readBytes } from "../read-bytes.ts";
import type { GrainLayout } from "./grain-mapping.ts";

/*
 * The header of a sparse extent of ESX (`vmfsSparse`), little-endian, sizes and places in sectors: VMware, "Virtual Disk Format
 * 5.0", section "ESX Server Sparse Extents". Its tables are those of hosted sparse extents, with 4,096 entries each.
 */

export const cowdMagic = "COWD";
const headerBytes = 2048;
const entriesPerTable = 4096;

/** Reads and checks the header of a COWD file. */
export async function readCowdHeader(
  container: BlockSource,
  signal: AbortSignal | undefined,
): Promise<GrainLayout> {
  const bytes = await readBytes(container, 0, headerBytes, "the COWD header", signal);
  const view = viewOf(bytes);
  const wrong = (what: string) => new SampanError("IMAGE_CORRUPT", `reading a COWD header: ${what}`);
  if (textAt(bytes, 0, 4) !== cowdMagic) throw wrong("its magic number is missing");
  const version = view.getUint32(4, true);
  if (version !== 1) {
    throw new SampanError("IMAGE_FORMAT_UNSUPPORTED", `reading a COWD file of version ${version}`, {
      details: { version },
    });
  }
  const capacitySectors = view.getUint32(12, true);
  const grainSectors = view.getUint32(16, true);
  const directorySector = view.getUint32(20, true);
  const directoryEntries = view.getUint32(24, true);
  if (capacitySectors === 0) throw wrong("its capacity is 0");
  if (grainSectors < 1 || grainSectors > 65536 || (grainSectors & (grainSectors - 1)) !== 0) {
    throw wrong(`its grains have ${grainSectors} sectors`);
  }
  const needed = Math.ceil(capacitySectors / (grainSectors * entriesPerTable));
  if (directoryEntries < needed) {
    throw wrong(`its directory has ${directoryEntries} entries where ${needed} are needed`);
  }
  if (directorySector < 1) throw wrong("its directory stands in its header");
  return {
    capacitySectors,
    grainBytes: grainSectors * 512,
    entriesPerTable,
    directoryOffset: directorySector * 512,
    redundantDirectoryOffset: undefined,
    compressed: false,
    zeroedGrains: false,
  };
}
