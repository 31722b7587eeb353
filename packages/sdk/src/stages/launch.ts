import { isReleaseAhead, launchInstance, releaseTime } from "@sampan/cloud";
import { type Json, SampanError } from "@sampan/core";
import type { ImageResult, LaunchedMachine } from "../fluent/results.ts";
import type { LaunchOptions } from "../plan/instance-options.ts";
import type { StageContext, StageDefinition } from "../run/stage-definition.ts";
import { cloudHooks } from "./cloud-hooks.ts";

/** What `launch` launches: the image of the region, out of those the plan made. */
export interface LaunchInput {
  readonly images: readonly ImageResult[];
  readonly options: LaunchOptions;
}

/** The instance, running. */
export interface LaunchOutput {
  readonly launched: LaunchedMachine;
}

/** Types tried unless the plan names others: 2 vCPUs and 4 to 8 GiB, boot modes and disk drivers old and new. */
const defaultTypes = ["ecs.g7.large", "ecs.c7.large", "ecs.g6.large", "ecs.g8i.large"];
const defaultTestMs = 3_600_000;

/** What is remembered over a crash. */
interface State {
  readonly releaseAtMs: number | null;
  readonly instanceId: string | null;
}

/** Launches the image with client tokens of its own in the first place that has stock, and waits until it runs. */
export const launchStage: StageDefinition<LaunchInput, LaunchOutput> = {
  name: "launch",
  summary: ({ images, options }) =>
    `launching ${images[0]?.name ?? "the image"} in ${options.region ?? images[0]?.region ?? "its region"}` +
    (options.profile === undefined ? "" : ` with profile ${options.profile}`),
  waitsFor: ({ images, options }) => ({
    region: options.region ?? images[0]?.region ?? null,
    sizeBytes: images[0]?.sizeBytes ?? null,
  }),
  async run({ images, options }, context) {
    const image = imageFor(images, options.region);
    const { region, imageId } = image;
    const cloud = await context.services.cloud(options.profile);
    const known = context.checkpoint.state as unknown as State | null;
    const releaseAtMs = chosenRelease(options, known, context);
    await context.save({ releaseAtMs, instanceId: known?.instanceId ?? null } satisfies Json);
    const name = options.name ?? image.name;
    const { instance, refused } = await launchInstance(
      cloud,
      {
        region,
        imageId,
        name,
        instanceTypes: options.instanceTypes ?? defaultTypes,
        tags: { ...options.tags, "sampan:run": context.runId },
        clientToken: context.key,
        ...(releaseAtMs === null ? {} : { releaseAtMs }),
        ...(options.vSwitchId === undefined ? {} : { vSwitchIds: [options.vSwitchId].flat() }),
        ...(options.vpcId === undefined ? {} : { vpcId: options.vpcId }),
        ...(options.securityGroupId === undefined ? {} : { securityGroupId: options.securityGroupId }),
        ...(options.zone === undefined ? {} : { zone: options.zone }),
        ...(options.systemDiskCategory === undefined
          ? {}
          : { systemDiskCategory: options.systemDiskCategory }),
        ...(options.systemDiskGiB === undefined
          ? {}
          : { systemDiskBytes: options.systemDiskGiB * 1024 ** 3 }),
        ...(options.keyPairName === undefined ? {} : { keyPairName: options.keyPairName }),
        ...(options.internetMbps === undefined ? {} : { internetMbps: options.internetMbps }),
      },
      {
        ...cloudHooks(context, cloud),
        onLaunched: async ({ instanceId }) => {
          if (known?.instanceId === instanceId) return;
          await context.save({ releaseAtMs, instanceId } satisfies Json);
          await context.resource({
            kind: "instance",
            id: instanceId,
            name,
            region,
            billed: true,
            ...(options.profile === undefined ? {} : { profile: options.profile }),
          });
        },
      },
    );
    const { instanceId, zone, instanceType, vpcId, vSwitchId, privateAddresses, publicAddresses } = instance;
    return {
      launched: {
        region,
        instanceId,
        name,
        imageId,
        zone,
        instanceType,
        vpcId,
        vSwitchId,
        privateAddresses,
        publicAddresses,
        profile: options.profile ?? null,
        isTest: options.test === true,
        releaseAt: instance.releaseAt,
        refused,
      },
    };
  },
};

/** The image of the region asked for; without one the first the plan made. */
function imageFor(images: readonly ImageResult[], region: string | undefined): ImageResult {
  const found = region === undefined ? images[0] : images.find((image) => image.region === region);
  if (found !== undefined) return found;
  const regions = images.map((image) => image.region).join(", ");
  throw new SampanError(
    "PLAN_INVALID",
    `launching in ${region ?? "no region"}: the plan has an image in ${regions} only`,
    {
      hint: `An image is launched where it is: add \`.copyTo(${JSON.stringify(region)})\` before \`launch\`.`,
    },
  );
}

/** When a test instance is to be deleted by the cloud; chosen once, and anew only when it has come too near meanwhile. */
function chosenRelease(options: LaunchOptions, known: State | null, context: StageContext): number | null {
  const wantedMs = options.releaseAfterMs ?? (options.test === true ? defaultTestMs : undefined);
  if (wantedMs === undefined) return null;
  const now = context.services.clock.now();
  const before = known?.releaseAtMs ?? null;
  return before !== null && (known?.instanceId !== null || isReleaseAhead(before, now))
    ? before
    : releaseTime(now, wantedMs);
}
