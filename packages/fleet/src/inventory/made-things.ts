import type { Plan } from "@sampan/sdk";
import { objectKey, stepOf } from "@sampan/sdk/engine";
import { capturedDisks, imageRegion } from "../advice/stage-times.ts";
import type { FleetMigration } from "../fleet-host.ts";

/** Something that only one plan of a fleet may make. */
export interface MadeThing {
  /** The same for two things that are one and the same. */
  readonly key: string;
  /** For people: `the image web-01 in cn-hangzhou`. */
  readonly text: string;
}

/**
 * Images and objects that a plan makes under names it says itself. Those named after the run are left out, as no two runs are called alike;
 * those named after what the source calls itself too, as nobody has asked it.
 */
export function madeThings(migration: FleetMigration): readonly MadeThing[] {
  return [...imagesOf(migration), ...objectsOf(migration.plan)];
}

function imagesOf(migration: FleetMigration): readonly MadeThing[] {
  const { plan } = migration;
  const own = (stepOf(plan, "import") ?? stepOf(plan, "createImage"))?.options.name;
  const made = own === undefined ? [] : [{ name: own, region: imageRegion(migration) }];
  const copies = plan.steps.flatMap((step) => {
    if (step.verb !== "copyTo") return [];
    const name = step.options.name ?? own;
    return name === undefined ? [] : step.options.regions.map((region) => ({ name, region }));
  });
  const { cloud, profile } = plan.context;
  return [...made, ...copies].map(({ name, region }) => ({
    key: JSON.stringify(["image", cloud ?? "", profile ?? "", region, name]),
    text: `the image ${name} in ${region}`,
  }));
}

function objectsOf(plan: Plan): readonly MadeThing[] {
  const options = stepOf(plan, "upload")?.options;
  if (options?.key === undefined) return [];
  const format = plan.steps.some(({ verb }) => verb === "toRaw")
    ? "raw"
    : plan.steps.some(({ verb }) => verb === "toQcow2")
      ? "qcow2"
      : "vhd";
  return Array.from({ length: capturedDisks(plan) }, (_, index) => {
    const key = objectKey({ host: "", options }, index, format, "");
    // Of all accounts one has a bucket of this name.
    return {
      key: JSON.stringify(["object", options.bucket, key]),
      text: `the object oss://${options.bucket}/${key}`,
    };
  });
}
