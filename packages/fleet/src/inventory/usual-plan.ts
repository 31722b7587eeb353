import { Migration, type Stage } from "@sampan/sdk";
import type { FleetHost } from "../fleet-host.ts";

/** Makes the plan of a host. It is asked once for each, does no I/O, and has nothing but the row. */
export type PlanOfHost = (host: FleetHost) => Stage<unknown>;

/**
 * The plan of a host where nobody says another: judged, mended on a copy, its disks sent as VHD, imported under its name, copied to its
 * targets. Of an ECS instance, an image is made where it is. Hosts of Windows need a plan of their own: only the user knows the share their
 * disks are written into.
 */
export function usualPlan(host: FleetHost): Stage<unknown> {
  const name = imageNameOf(host.name);
  if (isInstance(host.source)) {
    const image = Migration.from(host.source).assess().snapshot().createImage({ name });
    return host.targets.length === 0 ? image : image.copyTo(...host.targets);
  }
  const image = Migration.from(host.source)
    .assess()
    .prepare()
    .capture(host.disks.length === 0 ? {} : { disks: [...host.disks] })
    .toVhd()
    .upload(host.bucket, { region: host.region })
    .import({ name });
  return host.targets.length === 0 ? image : image.copyTo(...host.targets);
}

function isInstance(source: string): source is `ecs://${string}` {
  return /^ecs:\/\//i.test(source);
}

/** A host's name as an image may have it: they begin with a letter, and not with the vendor's own. */
function imageNameOf(name: string): string {
  return name.length >= 2 && /^\p{L}/u.test(name) && !/^(?:aliyun|acs)/i.test(name)
    ? name
    : `host-${name}`.slice(0, 128);
}
