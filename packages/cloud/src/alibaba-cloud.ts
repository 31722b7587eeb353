import { type CloudIdentity, defaultRegion, SampanError } from "@sampan/core";
import type { AlibabaCloudOptions, CloudEndpoints } from "./alibaba-cloud-options.ts";
import type { Cloud } from "./cloud.ts";
import { makeAgents } from "./connecting/agents.ts";
import { asCredentialProvider } from "./credentials/credentials.ts";
import { EcsCaller } from "./ecs/ecs-caller.ts";
import type { RpcAddress } from "./ecs/ecs-client.ts";
import { EcsImageBuilder } from "./ecs/ecs-image-builder.ts";
import { EcsImageRegistry } from "./ecs/ecs-image-registry.ts";
import { EcsInstanceRegistry } from "./ecs/ecs-instance-registry.ts";
import { EcsLaunchOffers } from "./ecs/ecs-launch-offers.ts";
import { EcsSnapshotRegistry } from "./ecs/ecs-snapshot-registry.ts";
import type { ObjectStore } from "./object-store.ts";
import type { OssAddress } from "./oss/ali-oss.ts";
import { OssObjectStore } from "./oss/oss-object-store.ts";
import { RamAccessControl } from "./ram/ram-access-control.ts";
import { assertRegionId } from "./regions.ts";

const defaultAnswerTimeoutMs = 30_000;

/**
 * Connects to Alibaba Cloud, or to a simulator of it.
 *
 * Does no I/O and loads none of the vendor's clients: each is loaded by the first call that needs it. Keys are not checked
 * before they are used.
 *
 * @throws `CLOUD_REGION_UNKNOWN` for a malformed region, `CORE_ARGUMENT` for a malformed endpoint.
 * @example
 * ```ts
 * const cloud = connectAlibabaCloud({
 *   credentials: { accessKeyId: "LTAI…", accessKeySecret: new Secret("…") },
 *   endpoints: { simulator: "http://localhost:40123" },
 * });
 * ```
 */
export function connectAlibabaCloud(options: AlibabaCloudOptions): Cloud {
  const { region = defaultRegion, endpoints = {}, network = "public" } = options;
  const credentials = asCredentialProvider(options.credentials);
  const answerTimeoutMs = options.answerTimeoutMs ?? defaultAnswerTimeoutMs;
  assertRegionId(region);
  const internal = network === "internal";
  const place = addressesOf(endpoints);
  const agents = makeAgents(options.connection);
  const rpc = (endpoint: URL | undefined): RpcAddress => ({
    protocol: endpoint?.protocol === "http:" ? "http" : "https",
    internal,
    agents,
    ...(endpoint === undefined ? {} : { endpoint: endpoint.host }),
  });
  const ecs = new EcsCaller({ region, address: rpc(place.ecs), credentials, answerTimeoutMs });
  const stores = new Set<ObjectStore>();
  return {
    identity: options.identity ?? identityOf(endpoints),
    images: new EcsImageRegistry(ecs),
    builder: new EcsImageBuilder(ecs),
    instances: new EcsInstanceRegistry(ecs),
    snapshots: new EcsSnapshotRegistry(ecs),
    offers: new EcsLaunchOffers(ecs),
    access: new RamAccessControl({ address: rpc(place.ram), credentials, answerTimeoutMs }),
    objects(storeRegion) {
      assertRegionId(storeRegion);
      const address: OssAddress = {
        region: storeRegion,
        internal,
        bucketInPath: "simulator" in endpoints,
        ...(place.oss === undefined ? {} : { endpoint: place.oss.origin }),
      };
      const store = new OssObjectStore(address, credentials, {
        connection: options.connection,
        onClose: (closed) => stores.delete(closed),
      });
      stores.add(store);
      return store;
    },
    async close() {
      await Promise.all([...stores].map((store) => store.close()));
      stores.clear();
      agents.destroy();
    },
  };
}

function addressesOf(endpoints: CloudEndpoints) {
  if ("simulator" in endpoints) {
    const simulator = endpointOf(endpoints.simulator);
    return { oss: simulator, ecs: simulator, ram: simulator };
  }
  const { oss, ecs, ram } = endpoints;
  return {
    oss: oss === undefined ? undefined : endpointOf(oss),
    ecs: ecs === undefined ? undefined : endpointOf(ecs),
    ram: ram === undefined ? undefined : endpointOf(ram),
  };
}

/** A host name or URL as URL; HTTPS unless it says otherwise. */
function endpointOf(text: string): URL {
  const withScheme = /^https?:\/\//.test(text) ? text : `https://${text}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === "/" && url.username === "")
    return url;
  throw new SampanError(
    "CORE_ARGUMENT",
    "connecting to a cloud: an endpoint is no host name or http(s) URL without a path",
    {
      hint: 'Use for example "http://localhost:40123".',
    },
  );
}

function identityOf(endpoints: CloudEndpoints): CloudIdentity {
  if ("simulator" in endpoints) return { name: "simulator", rehearsal: true, endpoint: endpoints.simulator };
  return { name: "alibaba", rehearsal: false, endpoint: endpoints.ecs ?? endpoints.oss ?? null };
}
