import type { FstabEntry } from "../facts.ts";
import type { DiskLayout, Volume } from "../volumes/layout.ts";
import { textLines, wordsOf } from "./lines.ts";

/** File systems that live in the kernel alone. */
const virtualTypes = new Set(
  "proc sysfs tmpfs devtmpfs devpts cgroup cgroup2 debugfs tracefs securityfs usbfs usbdevfs hugetlbfs mqueue pstore configfs binfmt_misc fusectl bpf efivarfs ramfs overlay aufs none autofs".split(
    " ",
  ),
);
const networkTypes = new Set("nfs nfs4 cifs smbfs smb3 ceph glusterfs 9p ncpfs afs fuse.sshfs".split(" "));

/** `/dev/sda1`, `/dev/vdb`, `/dev/nvme0n1p2`: disk letter or number, and partition. */
const diskName = /^\/dev\/(?:(?:s|h|v|xv)d([a-z]{1,2})|nvme(\d+)n1|mmcblk(\d+))(?:p?(\d+))?$/;

/** A disk of an old RAID controller, `/dev/cciss/c0d0p1`, by the name it would have today. */
function plainName(device: string): string {
  const [, disk, partition = ""] = /^\/dev\/(?:cciss|ida|rd)\/c\dd(\d{1,2})(?:p(\d+))?$/.exec(device) ?? [];
  return disk === undefined ? device : `/dev/sd${disk === "0" ? "a" : "b"}${partition}`;
}

/** `/dev/md0`, whose array is called `0`, or `/dev/md/NAME`. */
const arrayName = /^\/dev\/md\/?([^/]+)$/;

/** `/dev/mapper/GROUP-NAME` or `/dev/GROUP/NAME`. */
const logicalName = /^\/dev\/(?:mapper\/(.+)|(?!disk\/|mapper\/)([^/]+)\/([^/]+))$/;

/** The device mapper joins names by a hyphen, so hyphens within them are doubled. */
function escaped(name: string): string {
  return name.replaceAll("-", "--");
}

/** How a device of fstab is named. */
export function deviceNaming(device: string, type: string): FstabEntry["naming"] {
  if (/^UUID=/i.test(device) || device.startsWith("/dev/disk/by-uuid/")) return "uuid";
  if (/^LABEL=/i.test(device) || device.startsWith("/dev/disk/by-label/")) return "label";
  if (/^PARTUUID=/i.test(device) || device.startsWith("/dev/disk/by-partuuid/")) return "partuuid";
  if (/^PARTLABEL=/i.test(device) || device.startsWith("/dev/disk/by-partlabel/")) return "partlabel";
  if (networkTypes.has(type) || /^[^/\s]+:\//.test(device) || device.startsWith("//")) return "network";
  if (virtualTypes.has(type) || !device.startsWith("/")) return "virtual";
  if (diskName.test(plainName(device))) return "device";
  if (arrayName.test(device)) return "mapper";
  if (/^\/dev\/(sr|fd|cdrom|dvd|floppy|scd)/.test(device)) return "other";
  if (device.startsWith("/dev/mapper/") || /^\/dev\/[^/]+\/[^/]+$/.test(device)) {
    return device.startsWith("/dev/disk/") ? "other" : "mapper";
  }
  return "other";
}

/** The volume a device of fstab names; `undefined` when none on this disk does. */
export function volumeNamed(device: string, layout: DiskLayout): Volume | undefined {
  const named =
    /^(?:(UUID|LABEL|PARTUUID|PARTLABEL)=|\/dev\/disk\/by-(uuid|label|partuuid|partlabel)\/)(.+)$/i.exec(
      device,
    );
  if (named) {
    const by = (named[1] ?? named[2] ?? "").toLowerCase();
    const raw = named[3] ?? "";
    const value = raw.replace(/^"(.*)"$/, "$1");
    const same = (given: string | null | undefined) => given?.toLowerCase() === value.toLowerCase();
    return layout.volumes.find((volume) =>
      by === "uuid"
        ? same(volume.fileSystem?.uuid)
        : by === "label"
          ? volume.fileSystem?.label === value
          : by === "partuuid"
            ? same(volume.partition?.partUuid)
            : volume.partition?.name === value,
    );
  }
  const array = arrayName.exec(device)?.[1];
  if (array !== undefined) return layout.volumes.find(({ mirror }) => mirror?.name === array);
  const disk = diskName.exec(plainName(device));
  const logical = disk === null ? logicalName.exec(device) : null;
  if (logical) {
    const [, mapped, group, name] = logical;
    return layout.volumes.find(({ logicalVolume: one }) =>
      one === null
        ? false
        : mapped === undefined
          ? one.group === group && one.name === name
          : `${escaped(one.group)}-${escaped(one.name)}` === mapped,
    );
  }
  if (!disk) return undefined;
  const [, letter, nvme, card, number] = disk;
  // Only the first disk of a machine is meant by names that count disks.
  if (letter !== undefined ? letter !== "a" : Number(nvme ?? card) !== 0) return undefined;
  return layout.volumes.find(
    (volume) =>
      volume.logicalVolume === null &&
      volume.mirror === undefined &&
      (volume.partition?.number ?? null) === (number ? Number(number) : null),
  );
}

/** How a device is named, and whether a volume of the disk answers to it; `null` when that cannot be told. */
export function resolveDevice(
  device: string,
  type: string,
  layout: DiskLayout,
): Pick<FstabEntry, "naming" | "resolved"> {
  const naming = deviceNaming(device, type);
  if (naming === "network" || naming === "virtual" || naming === "other") return { naming, resolved: null };
  if (volumeNamed(device, layout) !== undefined) return { naming, resolved: true };
  const readable = layout.volumeGroups.filter((group) => group.hidden.length === 0);
  const opened = new Set([
    ...readable.flatMap((group) => group.physicalVolumes),
    ...layout.volumes.flatMap(({ mirror }) => (mirror === undefined ? [] : [mirror.member])),
  ]);
  const hidesVolumes = layout.volumes.some(
    (volume) =>
      ["lvm2", "luks", "linux_raid", "zfs"].includes(volume.fileSystem?.kind ?? "") &&
      !opened.has(volume.index),
  );
  // What a RAID, a locked volume or a group that cannot be read holds cannot be seen, so a miss proves nothing.
  return { naming, resolved: hidesVolumes && naming !== "device" ? null : false };
}

/** One line of fstab cut into its fields; `undefined` for a comment, an empty or a malformed line. */
export function parseFstabLine(text: string): readonly string[] | undefined {
  const fields = wordsOf(text);
  return fields.length < 2 ? undefined : fields;
}

/** Reads fstab and says of each entry whether a volume of the disk answers to it. */
export function parseFstab(text: string, layout: DiskLayout): readonly FstabEntry[] {
  const entries: FstabEntry[] = [];
  textLines(text).forEach((raw, index) => {
    const fields = parseFstabLine(raw);
    if (fields === undefined) return;
    const [device = "", mountPoint = "", type = "auto", options = "defaults"] = fields;
    const name = decodeOctal(device);
    entries.push({
      line: index + 1,
      device: name,
      mountPoint: decodeOctal(mountPoint),
      type,
      options: options.split(","),
      ...resolveDevice(name, type, layout),
    });
  });
  return entries;
}

/** fstab writes spaces and the like as octal escapes. */
function decodeOctal(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
