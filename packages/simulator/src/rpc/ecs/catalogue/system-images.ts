import type { ImageRecord } from "../records.ts";

/** When the system images were made; their ids say the same. */
const madeAtMs = Date.UTC(2026, 3, 15);

/** Owner of what belongs to the service itself. */
export const serviceOwnerId = "0";

/** Id, platform, OS type, architecture, boot mode, size in GiB. */
const images: readonly (readonly [string, string, string, string, string, number])[] = [
  ["aliyun_3_x64_20G_alibase_20260415.vhd", "Aliyun", "linux", "x86_64", "UEFI-Preferred", 20],
  ["aliyun_3_arm64_20G_alibase_20260415.vhd", "Aliyun", "linux", "arm64", "UEFI", 20],
  ["debian_12_x64_20G_alibase_20260415.vhd", "Debian", "linux", "x86_64", "BIOS", 20],
  ["ubuntu_24_04_x64_20G_alibase_20260415.vhd", "Ubuntu", "linux", "x86_64", "UEFI-Preferred", 20],
  [
    "win2022_21H2_x64_dtc_en-us_40G_alibase_20260415.vhd",
    "Windows Server 2022",
    "windows",
    "x86_64",
    "UEFI-Preferred",
    40,
  ],
];

/**
 * The images of the service, the same in every region. Their disks hold no system: they are empty disks of the right size,
 * which is all that launching, taking snapshots of and making images from an instance needs.
 */
export function systemImages(region: string): readonly ImageRecord[] {
  return images.map(([imageId, platform, osType, architecture, bootMode, sizeGiB]) => ({
    imageId,
    region,
    ownerId: serviceOwnerId,
    name: imageId,
    description: "",
    status: "Available",
    createdAtMs: madeAtMs,
    architecture,
    osType,
    platform,
    bootMode,
    licenseType: "Aliyun",
    nvmeSupport: "supported",
    imdsSupport: "v1",
    resourceGroupId: "",
    tags: [],
    detected: false,
    isPublic: true,
    disks: [
      {
        device: "/dev/xvda",
        type: "system",
        format: "RAW",
        sizeGiB,
        virtualSizeBytes: 0,
        snapshotId: "",
        bucket: "",
        key: "",
        content: { sizeBytes: 0, segments: [] },
      },
    ],
    shares: [],
    copiedFrom: null,
    taskId: null,
    job: {
      kind: "create",
      queuedAtMs: madeAtMs,
      startsAtMs: madeAtMs,
      durationMs: 0,
      endedAtMs: madeAtMs,
      failure: null,
      hang: null,
    },
    token: null,
  }));
}
