import { KiB, SampanError } from "@sampan/core";
import { hasText, le16, le32, le64 } from "../volumes/fields.ts";
import { attributeType, type NtfsAttribute, removeGuards } from "./record.ts";
import { type NtfsSystemFiles, systemFile } from "./system-files.ts";

/** Two restart pages of at most 64 KiB lie at the front. */
const headBytes = 128 * KiB;
const noClient = 0xffff;
const volumeIsClean = 2;

/** Dirty, log to be resized, USN journal being deleted, checked in part: Windows or chkdsk has work to do. */
const unfinished = 0x0001 | 0x0002 | 0x0010 | 0x4000;

/** Refuses with `GUEST_FS_DIRTY` a volume that is marked as dirty or whose log is not done. */
export async function checkUnmounted(files: NtfsSystemFiles): Promise<void> {
  const information = (await files.attributes(systemFile.volume)).find(
    (one) => one.type === attributeType.volumeInformation,
  )?.value;
  if (!information || information.length < 12) throw dirty("it does not tell its state");
  if ((le16(information, 10) & unfinished) !== 0) throw dirty("it is marked as dirty");
  await checkLogIsDone(files);
}

/**
 * Refuses with `GUEST_FS_DIRTY` a volume whose log still has work to be done or whose Windows is hibernated: the restart
 * page that was written last has a client and does not say that the volume is clean. A log full of FF was emptied.
 */
async function checkLogIsDone(files: NtfsSystemFiles): Promise<void> {
  const data = await files.data(systemFile.logFile);
  const head = await files.read(data, 0, Math.min(headBytes, data.sizeBytes));
  if (head.length < 8 * KiB) throw dirty("its log is too short");
  if (head.every((byte) => byte === 0xff)) return checkAllEmpty(files, data);
  const pageBytes = le32(head, 16);
  if (!hasText(head, 0, "RSTR") || ![4096, 8192, 16384, 32768, 65536].includes(pageBytes)) {
    throw dirty("its log begins with no restart page");
  }
  const pages = [0, pageBytes].flatMap((at) => {
    const page = head.slice(at, at + pageBytes);
    try {
      removeGuards(page, "RSTR");
    } catch (error) {
      if (!(error instanceof SampanError)) throw error;
      return [];
    }
    const area = le16(page, 24);
    return area >= 48 && area + 48 <= page.length ? [{ lsn: le64(page, area), page, area }] : [];
  });
  const [newest] = pages.sort((a, b) => b.lsn - a.lsn);
  if (newest === undefined) throw dirty("its log has no sound restart page");
  const { page, area } = newest;
  if (le16(page, area + 12) !== noClient && (le16(page, area + 14) & volumeIsClean) === 0) {
    throw dirty("its log is not done");
  }
}

/** An emptied log is FF from end to end; a few places tell. */
async function checkAllEmpty(files: NtfsSystemFiles, data: NtfsAttribute): Promise<void> {
  for (let i = 1; i < 16; i++) {
    const at = Math.floor((data.sizeBytes * i) / 16 / 4096) * 4096;
    const page = await files.read(data, at, Math.min(4096, data.sizeBytes - at));
    if (!page.every((byte) => byte === 0xff)) throw dirty("its log was emptied in part");
  }
}

function dirty(what: string): SampanError {
  return new SampanError("GUEST_FS_DIRTY", `reading NTFS that was not unmounted cleanly: ${what}`);
}
