import type { ImportImageRequest, ImportPlatform } from "@sampan/cloud";
import type { GuestFacts, WindowsFacts } from "@sampan/guest";
import type { UploadedObject } from "../fluent/results.ts";
import type { ImportOptions } from "../plan/options.ts";
import type { EncodingReference } from "./encode.ts";

/** What an import is described by: the objects, what is known of the guest, and what the plan says. */
export interface ImportDescription {
  readonly name: string;
  readonly objects: readonly UploadedObject[];
  readonly images: readonly EncodingReference[];
  readonly guest: GuestFacts | null;
  readonly options: ImportOptions;
  readonly runId: string;
  readonly clientToken: string;
}

/** The request of an import: what the plan says, and for the rest what the assessment saw. */
export function importRequest(about: ImportDescription): ImportImageRequest {
  const { options, guest } = about;
  const architecture = options.architecture ?? importArchitecture(guest);
  // ECS starts arm64 by UEFI only; a disk that says otherwise is refused by the assessment, not here.
  const bootMode = options.bootMode ?? guest?.bootMode ?? (architecture === "arm64" ? "UEFI" : "BIOS");
  const platform = options.platform ?? importPlatform(guest);
  const licenseType = options.licenseType ?? importLicence(guest);
  return {
    name: about.name,
    disks: about.objects.map((object, index) => ({
      bucket: object.bucket,
      key: object.key,
      format: (about.images[index]?.target.format ?? "vhd").toUpperCase() as "VHD" | "RAW" | "QCOW2",
      sizeBytes: about.images[index]?.virtualSizeBytes ?? object.sizeBytes,
    })),
    osType: guest?.type ?? (platform !== undefined && /Windows/.test(platform) ? "windows" : "linux"),
    architecture,
    bootMode,
    detect: options.detect ?? true,
    tags: { ...options.tags, "sampan:run": about.runId },
    clientToken: about.clientToken,
    ...(platform === undefined ? {} : { platform }),
    ...(options.description === undefined ? {} : { description: options.description }),
    ...(licenseType === undefined ? {} : { licenseType }),
    ...(nvmeReady(guest) ? { nvmeSupport: true } : {}),
  };
}

function importArchitecture(guest: GuestFacts | null): "x86_64" | "i386" | "arm64" {
  if (guest?.architecture === "aarch64") return "arm64";
  return guest?.architecture === "i386" ? "i386" : "x86_64";
}

/**
 * True when the guest finds an NVMe disk before its root is mounted: every Linux kernel has the driver built in or in its
 * initramfs; Windows starts `stornvme` at boot.
 */
function nvmeReady(guest: GuestFacts | null): boolean {
  if (guest === null) return false;
  if (guest.type === "windows") {
    return guest.drivers.some(
      ({ name, start, fileThere }) => name.toLowerCase() === "stornvme" && start === 0 && fileThere !== false,
    );
  }
  if (guest.kernels.length === 0) return false;
  return guest.kernels.every(({ drivers }) => drivers.nvme === "initramfs" || drivers.nvme === "builtin");
}

const linuxPlatforms: Readonly<Record<string, ImportPlatform>> = {
  debian: "Debian",
  ubuntu: "Ubuntu",
  centos: "CentOS",
  "centos-stream": "CentOS Stream",
  rhel: "RedHat",
  rocky: "Rocky Linux",
  almalinux: "AlmaLinux",
  fedora: "Fedora",
  opensuse: "OpenSUSE",
  sles: "SUSE",
  coreos: "CoreOS",
  "fedora-coreos": "Fedora CoreOS",
  gentoo: "Gentoo",
  anolis: "Anolis",
  kylin: "Kylin",
  uos: "UOS",
  alinux: "Aliyun",
};

function importPlatform(guest: GuestFacts | null): ImportPlatform | undefined {
  if (guest === null) return undefined;
  if (guest.type === "windows") return windowsPlatform(guest);
  return Object.hasOwn(linuxPlatforms, guest.family) ? linuxPlatforms[guest.family] : "Others Linux";
}

/** Servers by the number of their kernel; clients, and servers newer than ECS's list, have no name of their own there. */
function windowsPlatform({ productType, major, minor, build }: WindowsFacts): ImportPlatform {
  if (productType !== "server") return "Other Windows";
  switch (`${major}.${minor}`) {
    case "5.2":
      return "Windows Server 2003";
    case "6.0":
    case "6.1":
      return "Windows Server 2008";
    case "6.2":
    case "6.3":
      return "Windows Server 2012";
    case "10.0":
      return serverOfBuild(build ?? 0);
    default:
      return "Other Windows";
  }
}

// First builds of Windows Server: 2016, 2019, 2022, 2025. Source: Microsoft, Windows Server release information, 2025.
function serverOfBuild(build: number): ImportPlatform {
  if (build >= 26_100 || build < 14_393) return "Other Windows";
  if (build >= 20_348) return "Windows Server 2022";
  return build >= 17_763 ? "Windows Server 2019" : "Windows Server 2016";
}

/**
 * Who brings the licence, where it has to be said. ECS has none for imported Red Hat and SUSE guests nor for clients of
 * Windows; servers of Windows it activates itself. Source: ImportImage, `LicenseType`, 2025.
 */
function importLicence(guest: GuestFacts | null): "Aliyun" | "BYOL" | undefined {
  if (guest?.type === "windows") return guest.productType === "client" ? "BYOL" : "Aliyun";
  return guest?.family === "rhel" || guest?.family === "sles" ? "BYOL" : undefined;
}
