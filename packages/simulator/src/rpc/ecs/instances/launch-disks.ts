import type { RpcCall } from "../../call.ts";
import { RpcError } from "../../errors.ts";
import type { RpcParameters } from "../../parameters.ts";
import type { DiskBytes } from "../disks/records.ts";
import { bytesOfImageDisk, requireSnapshot, snapshotProgress } from "../disks/snapshot-view.ts";
import type { ImageRecord } from "../records.ts";
import { diskCategories, requireOneOf } from "../rules.ts";

/** A disk an instance is to get. */
export interface LaunchDisk {
  readonly type: "system" | "data";
  readonly device: string;
  readonly category: string;
  readonly performanceLevel: string;
  readonly sizeGiB: number;
  readonly name: string;
  readonly description: string;
  readonly deleteWithInstance: boolean;
  readonly bytes: DiskBytes | null;
  readonly snapshotId: string;
}

const dataDiskLimit = 16;
const smallestDiskGiB = 20;
const largestSystemDiskGiB = 2048;
const largestDataDiskGiB = 65_536;

/** The disks of a launch: those of the image, changed as the call says, and those it asks for besides. */
export function readDisks(call: RpcCall, region: string, image: ImageRecord): readonly LaunchDisk[] {
  const { parameters } = call;
  const asked = parameters.structures("DataDisk");
  if (asked.length > dataDiskLimit) {
    throw new RpcError(400, "InvalidDataDiskNumber", `There are more than ${dataDiskLimit} data disks.`);
  }
  const disks = [readSystemDisk(parameters, image)];
  const unused = new Map(
    image.disks.filter((disk) => disk.type === "data").map((disk) => [disk.device, disk]),
  );
  const devices = new Set([...disks.map((disk) => disk.device), ...unused.keys()]);
  for (const { fields } of asked) {
    const device = fields.text("Device") ?? "";
    const ofImage = unused.get(device);
    if (ofImage) {
      const size = {
        least: ofImage.sizeGiB,
        given: fields.integer("Size", { min: 1, max: largestDataDiskGiB }),
      };
      if (size.given !== undefined && size.given < size.least) {
        throw new RpcError(
          400,
          "InvalidDataDiskSize.ValueNotSupported",
          `${device} needs ${size.least} GiB; ${size.given} are given.`,
        );
      }
      const from = { bytes: bytesOfImageDisk(ofImage), snapshotId: ofImage.snapshotId };
      disks.push({ ...readDataDisk(fields, device), sizeGiB: size.given ?? size.least, ...from });
      unused.delete(device);
    } else {
      disks.push(readExtraDisk(call, region, fields, devices));
    }
  }
  for (const [device, disk] of unused) {
    disks.push({
      ...plainDataDisk,
      device,
      sizeGiB: disk.sizeGiB,
      bytes: bytesOfImageDisk(disk),
      snapshotId: disk.snapshotId,
    });
  }
  return disks;
}

function readSystemDisk(parameters: RpcParameters, image: ImageRecord): LaunchDisk {
  const category = requireOneOf(
    parameters.text("SystemDisk.Category"),
    diskCategories,
    "InvalidSystemDiskCategory.ValueNotSupported",
  );
  const [disk] = image.disks;
  const imageGiB = disk?.sizeGiB ?? 0;
  const sizeGiB = parameters.integer("SystemDisk.Size", { min: 1, max: 1_000_000 });
  if (sizeGiB !== undefined && sizeGiB < imageGiB) {
    throw new RpcError(
      404,
      "InvalidSystemDiskSize.LessThanImageSize",
      `The system disk of ${sizeGiB} GiB does not hold the image's ${imageGiB}.`,
    );
  }
  if (sizeGiB !== undefined && (sizeGiB < smallestDiskGiB || sizeGiB > largestSystemDiskGiB)) {
    throw new RpcError(
      400,
      "InvalidSystemDiskSize.ValueNotSupported",
      `A system disk has ${smallestDiskGiB} to ${largestSystemDiskGiB} GiB.`,
    );
  }
  return {
    type: "system",
    device: "/dev/xvda",
    category: category ?? "cloud_essd",
    performanceLevel: readLevel(parameters.text("SystemDisk.PerformanceLevel"), category),
    sizeGiB: sizeGiB ?? Math.max(40, imageGiB),
    name: parameters.text("SystemDisk.DiskName") ?? "",
    description: parameters.text("SystemDisk.Description") ?? "",
    deleteWithInstance: true,
    bytes: disk ? bytesOfImageDisk(disk) : null,
    snapshotId: disk?.snapshotId ?? "",
  };
}

const plainDataDisk = {
  type: "data",
  category: "cloud_essd",
  performanceLevel: "PL1",
  name: "",
  description: "",
  deleteWithInstance: true,
} as const;

function readDataDisk(fields: RpcParameters, device: string) {
  const category = requireOneOf(
    fields.text("Category"),
    diskCategories,
    "InvalidDataDiskCategory.ValueNotSupported",
  );
  return {
    ...plainDataDisk,
    device,
    category: category ?? plainDataDisk.category,
    performanceLevel: readLevel(fields.text("PerformanceLevel"), category),
    name: fields.text("DiskName") ?? "",
    description: fields.text("Description") ?? "",
    deleteWithInstance: fields.boolean("DeleteWithInstance") ?? true,
  };
}

function readExtraDisk(
  call: RpcCall,
  region: string,
  fields: RpcParameters,
  devices: Set<string>,
): LaunchDisk {
  const wanted = fields.text("Device");
  if (wanted !== undefined && (!/^\/dev\/xvd[b-z]$/.test(wanted) || devices.has(wanted))) {
    throw new RpcError(400, "InvalidDevice.Malformed", `The device ${wanted} is malformed or in use.`);
  }
  const device = wanted ?? nextDevice(devices);
  devices.add(device);
  const snapshotId = fields.text("SnapshotId");
  const snapshot = snapshotId === undefined ? undefined : requireSnapshot(call, region, snapshotId);
  if (snapshot && snapshotProgress(snapshot, call.world.clock.now()).status !== "accomplished") {
    throw new RpcError(403, "InvalidSnapshotId.NotReady", `The snapshot ${snapshotId} is not finished.`);
  }
  const sizeGiB = fields.integer("Size", { min: 1, max: 1_000_000 }) ?? snapshot?.sourceSizeGiB;
  const least = Math.max(smallestDiskGiB, snapshot?.sourceSizeGiB ?? 0);
  if (
    sizeGiB === undefined ||
    sizeGiB < (snapshot ? snapshot.sourceSizeGiB : least) ||
    sizeGiB > largestDataDiskGiB
  ) {
    throw new RpcError(
      400,
      "InvalidDataDiskSize.ValueNotSupported",
      `The data disk ${device} has ${least} to ${largestDataDiskGiB} GiB.`,
    );
  }
  const from = { bytes: snapshot?.bytes ?? null, snapshotId: snapshotId ?? "" };
  return { ...readDataDisk(fields, device), sizeGiB, ...from };
}

function nextDevice(taken: ReadonlySet<string>): string {
  const letter = [..."bcdefghijklmnopqrstuvwxyz"].find((candidate) => !taken.has(`/dev/xvd${candidate}`));
  return `/dev/xvd${letter ?? "z"}`;
}

function readLevel(level: string | undefined, category: string | undefined): string {
  requireOneOf(level, ["PL0", "PL1", "PL2", "PL3"], "InvalidPerformanceLevel.Malformed");
  return (category ?? "cloud_essd") === "cloud_essd" ? (level ?? "PL1") : "";
}
