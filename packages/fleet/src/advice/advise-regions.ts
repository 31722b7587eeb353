import { MiB } from "@sampan/core";
import { stepOf } from "@sampan/sdk/engine";
import { sentence } from "../fleet-sentence.ts";
import type { FleetAssumptions } from "./assumptions.ts";
import { type ExpectedHost, grouped, hours, sum } from "./expected-host.ts";
import type { FleetCost, RegionAdvice } from "./fleet-advice.ts";
import { capturedDisks, imageRegion } from "./stage-times.ts";

const usualPartBytes = 8 * MiB;

/** An image that a host will have in a region. */
interface MadeImage {
  readonly host: ExpectedHost;
  readonly region: string;
  readonly seconds: number;
  readonly isCopy: boolean;
}

/** What is made in each region. */
export function adviseRegions(
  hosts: readonly ExpectedHost[],
  assumed: FleetAssumptions,
): readonly RegionAdvice[] {
  return [...grouped(hosts.flatMap(imagesOf), ({ region }) => region)].map(
    ([region, images]): RegionAdvice => {
      const copies = images.filter(({ isCopy }) => isCopy);
      const imported = images.filter(({ isCopy }) => !isCopy);
      const busy = (made: readonly MadeImage[], atOnce: () => number): number =>
        made.length === 0 ? 0 : hours(sum(made.map(({ seconds }) => seconds)) / atOnce());
      return {
        region,
        imports: imported.length,
        importHours: busy(imported, () => assumed.importsAtOnce.value),
        copies: copies.length,
        copyHours: busy(copies, () => assumed.copiesAtOnce.value),
        imageBytes: sum(images.map(({ host }) => host.disks.diskBytes)),
      };
    },
  );
}

function imagesOf(host: ExpectedHost): readonly MadeImage[] {
  return host.stages.flatMap(({ stage, seconds }): readonly MadeImage[] => {
    if (stage === "import" || stage === "create-image") {
      return [{ host, region: imageRegion(host.migration), seconds, isCopy: false }];
    }
    if (!stage.startsWith("copy:")) return [];
    return [{ host, region: stage.slice("copy:".length), seconds, isCopy: true }];
  });
}

/** What is billed of what a fleet makes, by region. */
export function costsOfFleet(hosts: readonly ExpectedHost[]): readonly FleetCost[] {
  const images = hosts.flatMap(imagesOf);
  return [...objects(hosts), ...snapshots(images), ...traffic(images), ...instances(hosts)];
}

function* objects(hosts: readonly ExpectedHost[]): Generator<FleetCost> {
  const uploads = hosts.flatMap((host) => {
    const { plan } = host.migration;
    const options = stepOf(plan, "upload")?.options;
    if (options === undefined) return [];
    // A disk is an object.
    const objects = capturedDisks(plan);
    const parts = Math.ceil(host.sentBytes / objects / (options.partBytes ?? usualPartBytes));
    const requests = objects * (parts + 2);
    return [{ host, bucket: options.bucket, region: imageRegion(host.migration), objects, requests }];
  });
  for (const [bucket, sent] of grouped(uploads, (one) => one.bucket)) {
    const region = sent[0]?.region ?? null;
    const amount = sum(sent.map(({ host }) => host.sentBytes));
    yield {
      kind: "storage",
      ...sentence("billed.objects", { objects: sum(sent.map(({ objects }) => objects)), bucket }),
      region,
      amount,
    };
    yield {
      kind: "requests",
      ...sentence("billed.requests", { bucket }),
      region,
      amount: sum(sent.map(({ requests }) => requests)),
    };
  }
}

function* snapshots(images: readonly MadeImage[]): Generator<FleetCost> {
  for (const [region, made] of grouped(images, (one) => one.region)) {
    yield {
      kind: "snapshots",
      ...sentence("billed.snapshots", { images: made.length, region }),
      region,
      amount: sum(made.map(({ host }) => host.disks.diskBytes)),
    };
  }
}

function* traffic(images: readonly MadeImage[]): Generator<FleetCost> {
  const copies = images
    .filter(({ isCopy }) => isCopy)
    .map((image) => ({ ...image, from: imageRegion(image.host.migration) }));
  for (const made of grouped(copies, ({ from, region }) => `${from} ${region}`).values()) {
    const [first] = made;
    if (first === undefined) continue;
    yield {
      kind: "traffic",
      ...sentence("billed.copies", { images: made.length, from: first.from, to: first.region }),
      region: first.region,
      amount: sum(made.map(({ host }) => host.disks.diskBytes)),
    };
  }
}

function* instances(hosts: readonly ExpectedHost[]): Generator<FleetCost> {
  const count = (test: (host: ExpectedHost) => boolean): number => hosts.filter(test).length;
  const builders = count(
    ({ migration }) => stepOf(migration.plan, "import")?.options.strategy === "image-builder",
  );
  const launched = count(({ migration }) => stepOf(migration.plan, "launch") !== undefined);
  if (builders > 0) {
    const says = sentence("billed.builders", { instances: builders });
    yield { kind: "instance", ...says, region: null, amount: null };
  }
  if (launched > 0) {
    const says = sentence("billed.launched", { instances: launched });
    yield { kind: "instance", ...says, region: null, amount: null };
  }
}
