import { GiB, SampanError } from "@sampan/core";
import type { ImportImageRequest } from "../image-registry.ts";

/** Fields of the vendor's request for an import, in the vendor's spelling. */
export function importFields(region: string, request: ImportImageRequest, dryRun: boolean) {
  const { description, platform, licenseType, nvmeSupport, roleName } = request;
  return {
    regionId: region,
    imageName: request.name,
    ...(description === undefined ? {} : { description }),
    OSType: request.osType,
    architecture: request.architecture,
    bootMode: request.bootMode,
    ...(platform === undefined ? {} : { platform }),
    ...(licenseType === undefined ? {} : { licenseType }),
    ...(nvmeSupport === undefined
      ? {}
      : { features: { nvmeSupport: nvmeSupport ? "supported" : "unsupported" } }),
    ...(request.detect ? { detectionStrategy: "Standard" } : {}),
    ...(roleName === undefined ? {} : { roleName }),
    ...(request.tags === undefined ? {} : { tag: tagList(request.tags) }),
    clientToken: request.clientToken,
    ...(dryRun ? { dryRun: true } : {}),
    diskDeviceMapping: request.disks.map((disk) => ({
      OSSBucket: disk.bucket,
      OSSObject: disk.key,
      format: disk.format,
      diskImageSize: Math.max(1, Math.ceil(disk.sizeBytes / GiB)),
    })),
  };
}

export function tagList(tags: Readonly<Record<string, string>>): { key: string; value: string }[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

const suffixes = { VHD: ".vhd", RAW: ".raw", QCOW2: ".qcow2" } as const;

/**
 * Refuses what the vendor would refuse or, worse, silently ignore: more than 17 disks, a name or token out of its rules, a
 * key without its format's suffix, a size no image can have. `CLOUD_IMPORT_REFUSED`, or `CLOUD_OBJECT_INVALID` for a key.
 */
export function assertImportRequest(request: ImportImageRequest): void {
  const refuse = (problem: string) => {
    throw new SampanError("CLOUD_IMPORT_REFUSED", `importing ${JSON.stringify(request.name)}: ${problem}`, {
      hint: "Correct the request; nothing was sent.",
    });
  };
  assertImageName(request.name, "importing", "CLOUD_IMPORT_REFUSED");
  if (request.disks.length < 1) refuse("it names no disk");
  if (request.disks.length > 17)
    refuse(`it has ${request.disks.length} disks; ECS takes 17 and ignores the rest`);
  if (!/^[\x21-\x7e]{1,64}$/.test(request.clientToken))
    refuse("the client token is not 1 to 64 ASCII characters");
  if (request.architecture === "arm64" && request.bootMode !== "UEFI") refuse("arm64 starts by UEFI only");
  for (const disk of request.disks) {
    if (disk.sizeBytes > 2048 * GiB) refuse(`disk ${disk.key} is larger than 2,048 GiB`);
    if (!disk.key.toLowerCase().endsWith(suffixes[disk.format])) {
      throw new SampanError(
        "CLOUD_OBJECT_INVALID",
        `importing ${request.name}: the key ${JSON.stringify(disk.key)} does not end in ${suffixes[disk.format]}`,
      );
    }
  }
}

/** Refuses an image name the vendor refuses: 2 to 128 characters, a letter first, no spaces. */
export function assertImageName(
  name: string,
  doing: string,
  code: "CLOUD_IMPORT_REFUSED" | "CLOUD_COPY_REFUSED" | "CLOUD_CREATE_REFUSED",
): void {
  const wellFormed = /^\p{L}[\p{L}\p{N}.:_-]{1,127}$/u.test(name);
  if (wellFormed && !/^(aliyun|acs:)/i.test(name) && !/https?:\/\//i.test(name)) return;
  throw new SampanError(code, `${doing} ${JSON.stringify(name.slice(0, 130))}: no image can have that name`, {
    hint: "Use 2 to 128 letters, digits and . : _ -, beginning with a letter, without spaces, not aliyun or acs: in front.",
  });
}
