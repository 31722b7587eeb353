import type { DiskLayout, Volume } from "@sampan/guest";
import type { ProbeAnswer } from "./probe/probe-answer.ts";

/** A place where something of a host lies: a whole disk, or a part of one that begins at a byte. */
export interface DiskPlace {
  /** As the kernel calls the disk: `sda`, `cciss!c0d0`. */
  readonly disk: string;
  /** Where the partition begins; `null` for the whole disk. */
  readonly offset: number | null;
}

/** How a block device is put together, from the top to the disks. */
export type BlockStack =
  | { readonly kind: "place"; readonly name: string; readonly place: DiskPlace }
  | {
      readonly kind: "made";
      readonly name: string;
      readonly properties: ReadonlyMap<string, string>;
      readonly below: readonly BlockStack[];
    };

/** More devices below one are not looked at: a host may say that they lie on each other in circles. */
const maxBelow = 256;
const unitBytes = 512;

/** The block devices of a host as its kernel lists them, with what lies on what. */
export class BlockDevices {
  readonly #answer: ProbeAnswer;

  constructor(answer: ProbeAnswer) {
    this.#answer = answer;
  }

  property(name: string, key: string): string | undefined {
    return this.#answer.blocks.get(name)?.get(key);
  }

  get names(): readonly string[] {
    return [...this.#answer.blocks.keys()];
  }

  /** Names of the devices that lie on this one or on its partitions. */
  above(name: string): readonly string[] {
    const own = new Set([name, ...this.names.filter((one) => this.property(one, "parent") === name)]);
    return [...this.#answer.slaves]
      .filter(([, below]) => below.some((one) => own.has(one)))
      .map(([one]) => one);
  }

  /** Size as the kernel says it, in bytes; `undefined` when it says none. */
  sizeBytes(name: string): number | undefined {
    const text = this.property(name, "size") ?? "";
    return /^\d{1,13}$/.test(text) ? Number(text) * unitBytes : undefined;
  }

  /** The device with a number such as `8:1`. */
  numbered(number: string | undefined): string | undefined {
    return number === undefined || number === ""
      ? undefined
      : this.names.find((name) => this.property(name, "dev") === number);
  }

  /** The device that a path such as `/dev/mapper/vg-root` leads to. */
  at(path: string): string | undefined {
    const plain = path.replace(/^\/dev\//, "").replaceAll("/", "!");
    return (
      this.numbered(this.#answer.numbers.get(path)) ?? (this.#answer.blocks.has(plain) ? plain : undefined)
    );
  }

  /** What a device is made of. */
  stack(name: string, left = { devices: maxBelow }): BlockStack {
    const parent = this.property(name, "parent");
    const below = this.#answer.slaves.get(name) ?? [];
    if (parent !== undefined) {
      const start = this.property(name, "start") ?? "";
      const offset = /^\d{1,13}$/.test(start) ? Number(start) * unitBytes : 0;
      return { kind: "place", name, place: { disk: parent, offset } };
    }
    if (below.length === 0 || left.devices <= 0)
      return { kind: "place", name, place: { disk: name, offset: null } };
    const properties = this.#answer.blocks.get(name) ?? new Map<string, string>();
    const made: BlockStack[] = [];
    for (const one of below) {
      if (left.devices-- > 0) made.push(this.stack(one, left));
    }
    return { kind: "made", name, properties, below: made };
  }
}

/** The disks a device lies on, each once. */
export function disksOf(stack: BlockStack): readonly string[] {
  return stack.kind === "place" ? [stack.place.disk] : [...new Set(stack.below.flatMap(disksOf))];
}

/** Whether the device, or one it lies on, is a disk that several paths lead to. */
export function isMultipath(stack: BlockStack): boolean {
  if (stack.kind === "place") return false;
  return (stack.properties.get("dm/uuid") ?? "").startsWith("mpath-") || stack.below.some(isMultipath);
}

/** Whether each of several disks holds all of the device: a mirror of Linux's software RAID. */
export function isMirrored(stack: BlockStack): boolean {
  if (stack.kind === "place") return true;
  if (stack.below.length > 1 && stack.properties.get("md/level") !== "raid1") return false;
  return stack.below.every(isMirrored);
}

/**
 * The volume of a disk that a device is, or the one it lies within where it is none by itself, as what is in an encrypted
 * partition; `undefined` when it does not lie on this disk.
 */
export function volumeOf(stack: BlockStack, disk: string, layout: DiskLayout): Volume | undefined {
  if (stack.kind === "place") {
    if (stack.place.disk !== disk) return undefined;
    const { offset } = stack.place;
    return layout.volumes.find(
      ({ partition, logicalVolume, mirror, range }) =>
        logicalVolume === null &&
        mirror === undefined &&
        (offset === null ? partition === null : partition !== null && range.offset === offset),
    );
  }
  const held = logicalVolumeOf(stack.properties, layout);
  if (held !== undefined) return held;
  for (const one of stack.below) {
    const below = volumeOf(one, disk, layout);
    if (below === undefined) continue;
    const isArray = stack.properties.has("md/level");
    return (isArray && layout.volumes.find(({ mirror }) => mirror?.member === below.index)) || below;
  }
  return undefined;
}

/** LVM calls its devices `LVM-` and the identifiers of group and volume, without hyphens. */
function logicalVolumeOf(properties: ReadonlyMap<string, string>, layout: DiskLayout): Volume | undefined {
  const uuid = /^LVM-(\w{32})(\w{32})$/.exec(properties.get("dm/uuid") ?? "")?.[2];
  const plain = (text: string) => text.replaceAll("-", "");
  if (uuid === undefined) return undefined;
  return layout.volumes.find(
    ({ logicalVolume }) => logicalVolume !== null && plain(logicalVolume.uuid) === uuid,
  );
}
