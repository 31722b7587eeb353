import { GiB, isSampanError } from "@sampan/core";
import type {
  AssistantStatus,
  CloudInstance,
  ConsoleOutput,
  InstanceDisk,
  InstanceQuery,
  InstanceRegistry,
  InstanceStatus,
  RunInstanceRequest,
} from "../instance-registry.ts";
import { vendorCodeOf } from "../vendor-failure.ts";
import { type EcsCall, type EcsCaller, unlessSettled } from "./ecs-caller.ts";
import { tagList } from "./import-request.ts";
import { cloudInstanceOf, instanceDiskOf } from "./instance-mapping.ts";
import { allPages, chunks } from "./pages.ts";
import { assertRunRequest } from "./run-request.ts";

const pageSize = 100;
/** A console holds some 64 KiB, a picture a few 100 KiB; more than this is no answer of the vendor's. */
const maxEncodedChars = 32 * 1024 * 1024;

/**
 * The instances of ECS, through the vendor's typed client.
 *
 * Sources: ECS API reference (DescribeInstances, DescribeDisks, RunInstances, StopInstance, StartInstance, DeleteInstance,
 * GetInstanceConsoleOutput, GetInstanceScreenshot, DescribeCloudAssistantStatus), 2021 to 2026, and the types of the client
 * 7.11.6.
 */
export class EcsInstanceRegistry implements InstanceRegistry {
  readonly #ecs: EcsCaller;

  constructor(ecs: EcsCaller) {
    this.#ecs = ecs;
  }

  async listInstances(region: string, query: InstanceQuery, signal?: AbortSignal) {
    const { instanceIds, tag } = query;
    const found: CloudInstance[] = [];
    for (const ids of instanceIds === undefined ? [undefined] : chunks([...new Set(instanceIds)], pageSize)) {
      found.push(...(await this.#instances(region, ids, tag, signal)));
    }
    return found;
  }

  async #instances(
    region: string,
    ids: readonly string[] | undefined,
    tag: InstanceQuery["tag"],
    signal: AbortSignal | undefined,
  ): Promise<readonly CloudInstance[]> {
    const call = { action: "DescribeInstances", doing: `looking at instances in ${region}`, region, signal };
    const rows = await allPages((nextToken) =>
      this.#ecs.call(call, async (client, ecs, runtime) => {
        const asked = new ecs.DescribeInstancesRequest({
          regionId: region,
          maxResults: pageSize,
          ...(nextToken === undefined ? {} : { nextToken }),
          ...(ids === undefined ? {} : { instanceIds: JSON.stringify(ids) }),
          ...(tag === undefined ? {} : { tag: [{ key: tag.key, value: tag.value }] }),
        });
        const { body } = await client.describeInstancesWithOptions(asked, runtime);
        return { rows: body?.instances?.instance ?? [], nextToken: body?.nextToken };
      }),
    );
    return rows.flatMap((row) => {
      const instance = cloudInstanceOf(row, region);
      // A proxy or a simulator may ignore a filter.
      const asked =
        instance !== undefined &&
        (ids === undefined || ids.includes(instance.instanceId)) &&
        (tag === undefined || instance.tags[tag.key] === tag.value);
      return asked ? [instance] : [];
    });
  }

  async listDisks(
    region: string,
    instanceId: string,
    signal?: AbortSignal,
  ): Promise<readonly InstanceDisk[]> {
    const call = { action: "DescribeDisks", doing: `looking at the disks of ${instanceId}`, region, signal };
    const rows = await allPages((nextToken) =>
      this.#ecs.call(call, async (client, ecs, runtime) => {
        const asked = new ecs.DescribeDisksRequest({
          regionId: region,
          instanceId,
          maxResults: pageSize,
          ...(nextToken === undefined ? {} : { nextToken }),
        });
        const { body } = await client.describeDisksWithOptions(asked, runtime);
        return { rows: body?.disks?.disk ?? [], nextToken: body?.nextToken };
      }),
    );
    const disks = rows.flatMap((row) => {
      const disk =
        row.instanceId === undefined || row.instanceId === instanceId ? instanceDiskOf(row) : undefined;
      return disk === undefined ? [] : [disk];
    });
    const rank = ({ kind, device }: InstanceDisk) => `${kind === "system" ? 0 : 1} ${device}`;
    return disks.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  }

  async stopInstance(region: string, instanceId: string, signal?: AbortSignal): Promise<void> {
    const call = { action: "StopInstance", doing: `stopping ${instanceId} in ${region}`, region, signal };
    await this.#unlessIn(["Stopped", "Stopping"], instanceId, call, async () => {
      await this.#ecs.call(call, async (client, ecs, runtime) => {
        await client.stopInstanceWithOptions(
          new ecs.StopInstanceRequest({ instanceId, forceStop: false }),
          runtime,
        );
      });
    });
  }

  async startInstance(region: string, instanceId: string, signal?: AbortSignal): Promise<void> {
    const call = { action: "StartInstance", doing: `starting ${instanceId} in ${region}`, region, signal };
    await this.#unlessIn(["Running", "Starting"], instanceId, call, async () => {
      await this.#ecs.call(call, async (client, ecs, runtime) => {
        await client.startInstanceWithOptions(new ecs.StartInstanceRequest({ instanceId }), runtime);
      });
    });
  }

  /** Lets a refusal for the wrong state pass when the instance is in a state that was the goal. */
  async #unlessIn(
    goals: readonly InstanceStatus[],
    instanceId: string,
    { region, signal }: EcsCall,
    work: () => Promise<void>,
  ): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(vendorCodeOf(error) ?? "").startsWith("IncorrectInstanceStatus")) throw error;
      const [instance] = await this.listInstances(region, { instanceIds: [instanceId] }, signal);
      if (instance === undefined || !goals.includes(instance.status)) throw error;
    }
  }

  async deleteInstance(region: string, instanceId: string, signal?: AbortSignal): Promise<void> {
    await unlessSettled(
      ["InvalidInstanceId.NotFound"],
      this.#ecs.call(
        { action: "DeleteInstance", doing: `deleting ${instanceId} in ${region}`, region, signal },
        async (client, ecs, runtime) => {
          const asked = new ecs.DeleteInstanceRequest({ instanceId, force: true });
          await client.deleteInstanceWithOptions(asked, runtime);
        },
      ),
    );
  }

  async runInstance(region: string, request: RunInstanceRequest, signal?: AbortSignal) {
    assertRunRequest(request);
    const doing = `launching ${request.name} in ${region}`;
    const call = { action: "RunInstances", doing, region, signal };
    const body = await this.#ecs.call(call, async (client, ecs, runtime) => {
      const asked = new ecs.RunInstancesRequest(runFields(region, request));
      return (await client.runInstancesWithOptions(asked, runtime)).body;
    });
    const instanceId = body?.instanceIdSets?.instanceIdSet?.[0];
    if (!instanceId) throw this.#ecs.lacking(call, "the instance's id");
    return { instanceId };
  }

  async consoleOutput(region: string, instanceId: string, signal?: AbortSignal): Promise<ConsoleOutput> {
    const doing = `reading the console of ${instanceId} in ${region}`;
    const call = { action: "GetInstanceConsoleOutput", doing, region, signal };
    const body = await this.#ecs.call(call, async (client, ecs, runtime) => {
      const asked = new ecs.GetInstanceConsoleOutputRequest({ regionId: region, instanceId });
      return (await client.getInstanceConsoleOutputWithOptions(asked, runtime)).body;
    });
    const bytes = this.#decoded(call, body?.consoleOutput ?? "");
    return { text: bytes.toString("utf8"), updatedAt: body?.lastUpdateTime || null };
  }

  async screenshot(region: string, instanceId: string, signal?: AbortSignal): Promise<Uint8Array> {
    const doing = `taking a picture of ${instanceId} in ${region}`;
    const call = { action: "GetInstanceScreenshot", doing, region, signal };
    const body = await this.#ecs.call(call, async (client, ecs, runtime) => {
      const asked = new ecs.GetInstanceScreenshotRequest({ regionId: region, instanceId });
      return (await client.getInstanceScreenshotWithOptions(asked, runtime)).body;
    });
    if (!body?.screenshot) throw this.#ecs.lacking(call, "a picture");
    return this.#decoded(call, body.screenshot);
  }

  #decoded(call: EcsCall, encoded: string): Buffer {
    if (encoded.length > maxEncodedChars) throw this.#ecs.lacking(call, "a bounded size");
    return Buffer.from(encoded, "base64");
  }

  async assistantStatus(region: string, instanceId: string, signal?: AbortSignal): Promise<AssistantStatus> {
    const doing = `asking for Cloud Assistant on ${instanceId} in ${region}`;
    try {
      const body = await this.#ecs.call(
        { action: "DescribeCloudAssistantStatus", doing, region, signal },
        async (client, ecs, runtime) => {
          const asked = new ecs.DescribeCloudAssistantStatusRequest({
            regionId: region,
            instanceId: [instanceId],
          });
          return (await client.describeCloudAssistantStatusWithOptions(asked, runtime)).body;
        },
      );
      const rows = body?.instanceCloudAssistantStatusSet?.instanceCloudAssistantStatus ?? [];
      const row = rows.find((found) => found.instanceId === instanceId);
      return {
        running: row?.cloudAssistantStatus?.toLowerCase() === "true",
        lastHeartbeatAt: row?.lastHeartbeatTime || null,
      };
    } catch (error) {
      if (isSampanError(error, "CLOUD_INSTANCE_NOT_FOUND")) return { running: false, lastHeartbeatAt: null };
      throw error;
    }
  }
}

/** The fields of RunInstances: one instance, paid by use. */
function runFields(region: string, request: RunInstanceRequest) {
  const { systemDiskBytes, releaseAtMs, tags, zone, keyPairName, internetMbps = 0 } = request;
  return {
    regionId: region,
    imageId: request.imageId,
    instanceType: request.instanceType,
    securityGroupId: request.securityGroupId,
    vSwitchId: request.vSwitchId,
    instanceName: request.name,
    instanceChargeType: "PostPaid",
    amount: 1,
    internetMaxBandwidthOut: internetMbps,
    // The vendor's own agents are for public images only.
    securityEnhancementStrategy: "Deactive",
    systemDisk: {
      category: request.systemDiskCategory,
      ...(systemDiskBytes === undefined ? {} : { size: String(Math.ceil(systemDiskBytes / GiB)) }),
    },
    clientToken: request.clientToken,
    ...(zone === undefined ? {} : { zoneId: zone }),
    ...(keyPairName === undefined ? {} : { keyPairName }),
    ...(tags === undefined ? {} : { tag: tagList(tags) }),
    ...(releaseAtMs === undefined
      ? {}
      : { autoReleaseTime: new Date(releaseAtMs).toISOString().replace(/\.\d+Z$/, "Z") }),
  };
}
