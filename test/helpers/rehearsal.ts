import { createRequire } from "node:module";
import type Ecs from "@alicloud/ecs20140526";
import type OpenApi from "@alicloud/openapi-core";
import { Simulator, type SimulatorOptions } from "@sampan/simulator";
import OSS from "ali-oss";

// CommonJS packages, taken as such: what `default` of an import of them is differs between Node and vitest.
const require = createRequire(import.meta.url);

/** An image as the vendor's own client sees it. */
export interface SeenImage {
  readonly imageId: string;
  readonly imageName: string;
  readonly status: string;
}

/** A simulator of this test, and unmodified vendor clients to look at it with. */
export interface Rehearsal {
  readonly simulator: Simulator;
  /** Makes `sampan` use this simulator. */
  readonly env: Readonly<Record<string, string>>;
  /** Plain ali-oss, set up as the vendor's documentation says. */
  store(bucket?: string, region?: string): OSS;
  /** The account's own images in a region, through plain `@alicloud/ecs20140526`. */
  images(region: string): Promise<readonly SeenImage[]>;
  stop(): Promise<void>;
}

/** Starts a simulator whose minutes pass in milliseconds. */
export async function startRehearsal(options: SimulatorOptions = {}): Promise<Rehearsal> {
  const simulator = await Simulator.start({ timeScale: 2000, ...options });
  return {
    simulator,
    env: { SAMPAN_SIMULATOR: simulator.endpoint },
    store: (bucket, region = "cn-hangzhou") => plainStore(simulator, bucket, region),
    images: (region) => plainImages(simulator, region),
    stop: () => simulator.stop(),
  };
}

type Reachable = Pick<Simulator, "endpoint" | "credentials">;

function plainStore(simulator: Reachable, bucket: string | undefined, region: string): OSS {
  const options = {
    ...keys(simulator),
    endpoint: simulator.endpoint,
    region: `oss-${region}`,
    authorizationV4: true,
    // The bucket in the path: what the client calls a second-level-domain endpoint.
    sldEnable: true,
    ...(bucket === undefined ? {} : { bucket }),
  };
  return new OSS(options);
}

async function plainImages(simulator: Reachable, region: string): Promise<readonly SeenImage[]> {
  const { default: Client, DescribeImagesRequest } = require("@alicloud/ecs20140526") as typeof Ecs;
  const { $OpenApiUtil } = require("@alicloud/openapi-core") as typeof OpenApi;
  const config = new $OpenApiUtil.Config({
    ...keys(simulator),
    endpoint: new URL(simulator.endpoint).host,
    protocol: "http",
    regionId: region,
    readTimeout: 20_000,
  });
  const client = new Client(config);
  const answer = await client.describeImages(
    new DescribeImagesRequest({
      regionId: region,
      imageOwnerAlias: "self",
      status: "Creating,Waiting,Available,UnAvailable,CreateFailed",
      pageSize: 100,
    }),
  );
  return (answer.body?.images?.image ?? []).map((image) => ({
    imageId: image.imageId ?? "",
    imageName: image.imageName ?? "",
    status: image.status ?? "",
  }));
}

function keys({ credentials }: Reachable): { accessKeyId: string; accessKeySecret: string } {
  return { accessKeyId: credentials.accessKeyId, accessKeySecret: credentials.accessKeySecret };
}
