import { SampanError } from "@sampan/core";
import type { CreateImageRequest } from "../image-registry.ts";
import type { EcsCaller } from "./ecs-caller.ts";
import { assertImageName, tagList } from "./import-request.ts";

/** Makes the one call of CreateImage. Source: ECS API reference of it, 2021 to 2026. */
export async function createImage(
  caller: EcsCaller,
  region: string,
  request: CreateImageRequest,
  signal: AbortSignal | undefined,
): Promise<{ readonly imageId: string }> {
  assertCreateRequest(request);
  const call = { action: "CreateImage", doing: `making image ${request.name} in ${region}`, region, signal };
  const body = await caller.call(call, async (client, ecs, runtime) => {
    const asked = new ecs.CreateImageRequest(createFields(region, request));
    return (await client.createImageWithOptions(asked, runtime)).body;
  });
  if (!body?.imageId) throw caller.lacking(call, "the image's id");
  return { imageId: body.imageId };
}

/** Refuses what the vendor would refuse: no or two system disks, more than 17 disks, a name or token out of its rules. */
export function assertCreateRequest(request: CreateImageRequest): void {
  assertImageName(request.name, "making", "CLOUD_CREATE_REFUSED");
  const refuse = (problem: string): never => {
    throw new SampanError("CLOUD_CREATE_REFUSED", `making ${request.name}: ${problem}`, {
      hint: "Correct the request; nothing was sent.",
    });
  };
  if (!/^[\x21-\x7e]{1,64}$/.test(request.clientToken))
    refuse("the client token is not 1 to 64 ASCII characters");
  if (request.source.kind !== "snapshots") return;
  const { disks } = request.source;
  if (disks.filter((disk) => disk.kind === "system").length !== 1)
    refuse("an image is made of the snapshot of exactly one system disk");
  if (disks.length > 17) refuse(`it has ${disks.length} disks; ECS takes one system disk and 16 data disks`);
}

function createFields(region: string, request: CreateImageRequest) {
  const { source, tags, description, detect } = request;
  return {
    regionId: region,
    imageName: request.name,
    clientToken: request.clientToken,
    ...(description === undefined ? {} : { description }),
    ...(tags === undefined ? {} : { tag: tagList(tags) }),
    ...(detect === true ? { detectionStrategy: "Standard" } : {}),
    ...(source.kind === "instance"
      ? { instanceId: source.instanceId }
      : {
          // The system disk is /dev/xvda, the data disks follow from /dev/xvdb on.
          diskDeviceMapping: [...source.disks]
            .sort((a, b) => Number(a.kind === "data") - Number(b.kind === "data"))
            .map(({ snapshotId, kind }, index) => ({
              snapshotId,
              diskType: kind,
              device: `/dev/xvd${String.fromCharCode(0x61 + index)}`,
            })),
        }),
  };
}
