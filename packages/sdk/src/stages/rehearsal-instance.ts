import { type Cloud, type CloudInstance, launchInstance } from "@sampan/cloud";
import { type EcsSource, sourceTitle } from "../plan/sources.ts";
import type { StageContext } from "../run/stage-definition.ts";
import { cloudHooks } from "./cloud-hooks.ts";

/** Tag of an instance that was made for a rehearsal: the id by which plans name it. */
const rehearsalTag = "sampan:rehearsal";

/**
 * The instance that stands for the plan's in the built-in simulator, where nobody's instances are: made on first use, of a
 * system image, and found again by later runs. `undefined` anywhere else.
 */
export async function instanceOfRehearsal(
  source: EcsSource,
  cloud: Cloud,
  context: StageContext,
): Promise<CloudInstance | undefined> {
  if (!context.services.isBuiltIn) return undefined;
  const { region, instanceId } = source;
  const tag = { key: rehearsalTag, value: instanceId };
  const [known] = await cloud.instances.listInstances(region, { tag }, context.signal);
  if (known !== undefined) return known;
  const images = await cloud.images.listImages(region, { owners: ["system"] }, context.signal);
  const image = images.find(
    ({ architecture, platform }) => architecture === "x86_64" && !/windows/i.test(platform ?? ""),
  );
  if (image === undefined) return undefined;
  context.log(
    "info",
    `${sourceTitle(source)} is made for this rehearsal, an empty ${image.platform ?? "system"}; outside the rehearsal it must exist`,
  );
  const { instance } = await launchInstance(
    cloud,
    {
      region,
      imageId: image.imageId,
      name: `rehearsal-${instanceId.slice(2)}`,
      instanceTypes: ["ecs.g7.large"],
      tags: { [rehearsalTag]: instanceId },
      clientToken: `rehearsal-${region}-${instanceId}`.slice(0, 64),
    },
    cloudHooks(context, cloud),
  );
  return instance;
}
