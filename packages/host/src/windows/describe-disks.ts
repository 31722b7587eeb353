import type { Json, JsonObject } from "@sampan/core";
import {
  type BootMode,
  type DiskLayout,
  type FileSystemInfo,
  gptTypeName,
  mbrTypeName,
  type Partition,
  type Volume,
} from "@sampan/guest";
import type { HostDisk } from "../host.ts";
import { invalidAnswer, listOf, numberOf, objectOf, objectsOf, textOf } from "./answers.ts";

/** A Windows and its disks, as WMI tells of them. */
export interface DescribedWindows {
  /** `COMPUTERNAME`; `null` where it was not told. */
  readonly name: string | null;
  readonly administrator: boolean;
  readonly disks: readonly DescribedDisk[];
  /** The disk that holds Windows, the index of its volume there, and the path of the system folder; `null` when none does. */
  readonly system: { readonly disk: DescribedDisk; readonly volume: number; readonly root: string } | null;
  /** How it was started; `null` when nothing tells. */
  readonly bootMode: BootMode | null;
}

/** A disk with what is known of its layout. */
export interface DescribedDisk extends HostDisk {
  readonly layout: DiskLayout;
}

const maxDisks = 256;
const maxPartitions = 512;
const efiSystem = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b";
const basicData = "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7";

/** A partition before it has its volume. */
interface Found {
  readonly partition: Partition;
  /** Names of the volume on it: a drive's letter, or a path with its GUID, in lower case. */
  readonly volumes: readonly string[];
}

/**
 * Reads what the script of disks answered.
 *
 * @throws `HOST_ANSWER_INVALID` when it tells of no disk.
 */
export function describeWindows(value: Json, title: string): DescribedWindows {
  const answer = objectOf(value) ?? {};
  const told = objectsOf(answer.disks).slice(0, maxDisks);
  const drive = textOf(answer.systemDrive)?.toLowerCase() ?? "c:";
  const volumes = objectsOf(answer.volumes).slice(0, maxPartitions);
  const encrypted = new Set(listOf(answer.encrypted).map((id) => textOf(id)?.toLowerCase()));
  let system: DescribedWindows["system"] = null;
  const disks = told.flatMap((disk): readonly DescribedDisk[] => {
    const found = describeDisk(disk, answer, volumes, encrypted);
    if (found === undefined) return [];
    const { described, parts } = found;
    const index = parts.findIndex((one) => one.volumes.includes(drive));
    if (index < 0 || system !== null) return [described];
    const own = { ...described, system: true };
    system = { disk: own, volume: index, root: systemRoot(textOf(answer.systemRoot), drive) };
    return [own];
  });
  if (disks.length === 0) throw invalidAnswer("its disks", title);
  const holder = system as DescribedWindows["system"];
  const firmware = numberOf(answer.firmware);
  const byTable = holder?.disk.layout.table.kind;
  return {
    name: textOf(answer.name),
    administrator: answer.administrator === true,
    disks,
    system: holder,
    // Windows starts by BIOS from MBR alone, and by UEFI from GPT alone.
    bootMode:
      firmware === 1 || firmware === 2
        ? firmware === 2
          ? "UEFI"
          : "BIOS"
        : byTable === "gpt"
          ? "UEFI"
          : byTable === "mbr"
            ? "BIOS"
            : null,
  };
}

function describeDisk(
  disk: JsonObject,
  answer: JsonObject,
  volumes: readonly JsonObject[],
  encrypted: ReadonlySet<string | undefined>,
): { readonly described: DescribedDisk; readonly parts: readonly Found[] } | undefined {
  const index = numberOf(disk.index);
  const name = textOf(disk.id);
  const storage = objectOf(answer.storage);
  const exact = objectsOf(storage?.disks).find((one) => numberOf(one.index) === index);
  // The older class rounds down to a cylinder.
  const sizeBytes = numberOf(exact?.size) ?? numberOf(disk.size);
  // A drive without a medium has no size.
  if (index === null || name === null || !/^\\\\\.\\PHYSICALDRIVE\d{1,4}$/i.test(name) || !sizeBytes)
    return undefined;
  const exactParts = objectsOf(storage?.partitions).filter((one) => numberOf(one.disk) === index);
  const ownParts = objectsOf(answer.partitions).filter((one) => numberOf(one.disk) === index);
  const parts = (exactParts.length > 0 ? exactParts.map(exactPartition) : ownParts.map(plainPartition))
    .filter((one) => one !== undefined)
    .slice(0, maxPartitions)
    .sort((a, b) => a.partition.range.offset - b.partition.range.offset);
  const gpt =
    numberOf(exact?.style) === 2 || ownParts.some((one) => textOf(one.type)?.startsWith("GPT") === true);
  const signature = numberOf(disk.signature);
  const layout: DiskLayout = {
    sizeBytes,
    table: {
      kind: parts.length === 0 ? "none" : gpt ? "gpt" : "mbr",
      diskId: gpt ? guidOf(exact?.guid) : signature === null ? null : signature.toString(16).padStart(8, "0"),
      sectorBytes: numberOf(exact?.sector) ?? numberOf(disk.sector) ?? 512,
      partitions: parts.map(({ partition }) => partition),
      tableRanges: [],
    },
    volumes: parts.map(({ partition, volumes: names }, at): Volume => {
      const own = volumes.find((one) => namesOf(one).some((name_) => names.includes(name_)));
      const ids = own === undefined ? [] : namesOf(own);
      return {
        index: at,
        partition,
        logicalVolume: null,
        range: partition.range,
        fileSystem:
          own === undefined
            ? null
            : fileSystemOf(
                own,
                ids.some((id) => encrypted.has(id)),
              ),
        ambiguous: false,
      };
    }),
    volumeGroups: [],
    notes: ["the layout is as Windows tells it; the disk itself was not read"],
  };
  const identity = {
    model: textOf(disk.model),
    serial: textOf(disk.serial),
    diskId: layout.table.diskId,
    sizeBytes,
  };
  return { described: { name, sizeBytes, system: false, identity, layout }, parts };
}

/** A partition of Windows 8 and later, with its type as the table has it; none for what only holds others. */
function exactPartition(told: JsonObject): Found | undefined {
  const [number, offset, length] = [numberOf(told.number), numberOf(told.offset), numberOf(told.size)];
  if (number === null || offset === null || !length) return undefined;
  const gptType = guidOf(told.gpt);
  const mbrNumber = numberOf(told.mbr);
  if (gptType === null && (mbrNumber === 5 || mbrNumber === 15)) return undefined;
  const type = gptType ?? (mbrNumber ?? 0).toString(16).padStart(2, "0");
  return {
    partition: {
      number,
      range: { offset, length },
      type,
      typeName: gptType === null ? mbrTypeName(type) : gptTypeName(type),
      name: null,
      partUuid: guidOf(told.guid),
      bootable: told.active === true,
    },
    volumes: listOf(told.paths).flatMap((path) => {
      const text = textOf(path)?.toLowerCase() ?? "";
      return /^[a-z]:\\$/.test(text) ? [text.slice(0, 2)] : [text];
    }),
  };
}

/** A partition of the class every Windows has, which names types for people. */
function plainPartition(told: JsonObject): Found | undefined {
  const [index, offset, length] = [numberOf(told.index), numberOf(told.offset), numberOf(told.size)];
  const words = textOf(told.type) ?? "";
  if (index === null || offset === null || !length || /^Extended/i.test(words)) return undefined;
  const type = words.startsWith("GPT")
    ? words === "GPT: System"
      ? efiSystem
      : words === "GPT: Basic Data"
        ? basicData
        : ""
    : words === "Installable File System"
      ? "07"
      : "";
  return {
    partition: {
      number: index + 1,
      range: { offset, length },
      type,
      typeName: type === "" ? words : words.startsWith("GPT") ? gptTypeName(type) : mbrTypeName(type),
      name: null,
      partUuid: null,
      bootable: told.active === true,
    },
    volumes: listOf(told.letters).map((letter) => textOf(letter)?.toLowerCase() ?? ""),
  };
}

/** How partitions may name a volume: its letter, and its path with a GUID. */
function namesOf(volume: JsonObject): readonly string[] {
  return [textOf(volume.letter), textOf(volume.id)].flatMap((name) =>
    name === null ? [] : [name.toLowerCase()],
  );
}

function fileSystemOf(volume: JsonObject, encrypted: boolean): FileSystemInfo | null {
  const told = textOf(volume.kind)?.toLowerCase() ?? null;
  if (told === null && !encrypted) return null;
  const sizeBytes = numberOf(volume.capacity);
  const free = numberOf(volume.free);
  return {
    // As on the disk, where only BitLocker's own header can be seen.
    kind: encrypted ? "bitlocker" : (told ?? "").replace(/^fat\d*$/, "fat"),
    label: textOf(volume.label),
    uuid: null,
    sizeBytes,
    usedBytes: sizeBytes === null || free === null || free > sizeBytes ? null : sizeBytes - free,
    // Every file system in use counts as not unmounted; this bit says that Windows wants it checked.
    dirty: volume.dirty === true ? true : null,
    features: [],
  };
}

/** A GUID without braces, in lower case. */
function guidOf(value: Json | undefined): string | null {
  return (
    /^\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?$/.exec(textOf(value)?.toLowerCase() ?? "")?.[1] ??
    null
  );
}

/** The system folder below its drive, with slashes: `/Windows`. */
function systemRoot(told: string | null, drive: string): string {
  const path = told?.toLowerCase().startsWith(`${drive}\\`) === true ? told.slice(2) : "\\Windows";
  return path.replaceAll("\\", "/").replace(/\/+$/, "");
}
