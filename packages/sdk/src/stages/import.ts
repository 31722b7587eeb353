import { type ImportImageRequest, importImage, waitForImage } from "@sampan/cloud";
import type { Json } from "@sampan/core";
import type { GuestFacts } from "@sampan/guest";
import type { ImageResult, UploadedObject } from "../fluent/results.ts";
import type { ImportOptions } from "../plan/options.ts";
import type { StageContext, StageDefinition } from "../run/stage-definition.ts";
import type { EncodingReference } from "./encode.ts";
import { followImage } from "./follow-image.ts";

/** What `import` makes an image of. */
export interface ImportInput {
  readonly objects: readonly UploadedObject[];
  readonly images: readonly EncodingReference[];
  readonly region: string;
  /** Name of the host: the image's name unless the plan gives one. */
  readonly host: string;
  readonly guest: GuestFacts | null;
  readonly options: ImportOptions;
}

/** The image, available. */
export interface ImageOutput {
  readonly image: ImageResult;
}

/** What tells which image is ours, saved before it is waited for. */
interface Started {
  readonly imageId: string;
  readonly taskId: string | null;
}

/** Starts the import with a client token of its own, then waits for the image by evidence of progress. */
export const importStage: StageDefinition<ImportInput, ImageOutput> = {
  name: "import",
  summary: (input) => `importing image ${imageName(input)} in ${input.region}`,
  async run(input, context) {
    const cloud = await context.services.cloud();
    const sizeBytes = input.images[0]?.virtualSizeBytes ?? 0;
    let started = context.checkpoint.state as unknown as Started | null;
    if (started === null) {
      started = await startImport(input, context);
      await context.save(started as unknown as Json);
    }
    const { imageId, taskId } = started;
    const image = await followImage(context, sizeBytes, (options) =>
      waitForImage(
        cloud.images,
        { region: input.region, imageId, ...(taskId === null ? {} : { taskId }) },
        {
          ...options,
          ...(input.options.deadlineMs === undefined ? {} : { deadlineMs: input.options.deadlineMs }),
        },
      ),
    );
    return { image };
  },
};

async function startImport(input: ImportInput, context: StageContext): Promise<Started> {
  const cloud = await context.services.cloud();
  const { region, options } = input;
  const started = await importImage(
    cloud,
    { region, ...importRequest(input, context) },
    {
      clock: context.services.clock,
      random: context.services.random,
      signal: context.signal,
      createRole: options.createRole === true,
      onRetry: (notice) => context.retrying(notice),
      onNote: (note) => context.progress({ doneBytes: 0, totalBytes: null, note }),
      onRoleCreated: (name) => {
        context.log("info", `created RAM role ${name}`);
        void context
          .resource({ kind: "role", id: name, name, region: null, billed: false })
          .catch(() => undefined);
      },
    },
  );
  const name = imageName(input);
  if (started.taskId !== null) {
    await context.resource({ kind: "task", id: started.taskId, name, region, billed: false });
  }
  await context.resource({ kind: "image", id: started.imageId, name, region, billed: true });
  return started;
}

function imageName({ options, host }: ImportInput): string {
  return options.name ?? host;
}

function importRequest(input: ImportInput, context: StageContext): ImportImageRequest {
  const { options, guest } = input;
  const bootMode = options.bootMode ?? guest?.bootMode ?? "BIOS";
  const platform = options.platform ?? importPlatform(guest);
  return {
    name: imageName(input),
    disks: input.objects.map((object, index) => ({
      bucket: object.bucket,
      key: object.key,
      format: (input.images[index]?.target.format ?? "vhd").toUpperCase() as "VHD" | "RAW" | "QCOW2",
      sizeBytes: input.images[index]?.virtualSizeBytes ?? object.sizeBytes,
    })),
    osType: guest?.type ?? "linux",
    architecture: options.architecture ?? importArchitecture(guest),
    bootMode,
    detect: options.detect ?? true,
    tags: { ...options.tags, "sampan:run": context.runId },
    clientToken: context.key,
    ...(platform === undefined ? {} : { platform }),
    ...(options.description === undefined ? {} : { description: options.description }),
    ...(options.licenseType === undefined ? {} : { licenseType: options.licenseType }),
    ...(nvmeReady(guest) ? { nvmeSupport: true } : {}),
  };
}

function importArchitecture(guest: GuestFacts | null): "x86_64" | "i386" | "arm64" {
  if (guest?.architecture === "aarch64") return "arm64";
  return guest?.architecture === "i386" ? "i386" : "x86_64";
}

/** True when every kernel finds an NVMe disk before its root is mounted. */
function nvmeReady(guest: GuestFacts | null): boolean {
  if (guest?.type !== "linux" || guest.kernels.length === 0) return false;
  return guest.kernels.every(({ drivers }) => drivers.nvme === "initramfs" || drivers.nvme === "builtin");
}

// ImportImage, `Platform`: names of the vendor's API reference as of 2025-11.
const platforms: Readonly<Record<string, string>> = {
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

function importPlatform(guest: GuestFacts | null): string | undefined {
  if (guest === null) return undefined;
  if (guest.type === "windows") return "Other Windows";
  return platforms[guest.family] ?? "Others Linux";
}
