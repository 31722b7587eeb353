import type {
  CloudZone,
  InstanceType,
  LaunchOffers,
  OfferedZone,
  SecurityGroup,
  VSwitch,
} from "../launch-offers.ts";
import type { EcsCaller } from "./ecs-caller.ts";
import { loadOpenApiModels } from "./ecs-client.ts";
import { instanceTypeOf } from "./instance-mapping.ts";
import { allPages, chunks } from "./pages.ts";

const pageSize = 50;
const maxPages = 40;

/**
 * What ECS offers to launch instances with.
 *
 * Sources: ECS API reference (DescribeInstanceTypes, DescribeZones, DescribeAvailableResource, DescribeSecurityGroups), 2021 to 2026. The
 * typed client no longer has DescribeVSwitches; the vendor's page of it (2026-04-16) calls the action deprecated and still
 * served, under the version of ECS.
 */
export class EcsLaunchOffers implements LaunchOffers {
  readonly #ecs: EcsCaller;

  constructor(ecs: EcsCaller) {
    this.#ecs = ecs;
  }

  async describeInstanceTypes(region: string, instanceTypes: readonly string[], signal?: AbortSignal) {
    const found: InstanceType[] = [];
    const call = {
      action: "DescribeInstanceTypes",
      doing: `looking at instance types in ${region}`,
      region,
      signal,
    };
    for (const asked of chunks([...new Set(instanceTypes)], 10)) {
      const body = await this.#ecs.call(call, async (client, ecs, runtime) => {
        const request = new ecs.DescribeInstanceTypesRequest({ instanceTypes: [...asked] });
        return (await client.describeInstanceTypesWithOptions(request, runtime)).body;
      });
      for (const row of body?.instanceTypes?.instanceType ?? []) {
        const type = instanceTypeOf(row);
        if (type !== undefined && asked.includes(type.instanceType)) found.push(type);
      }
    }
    return found;
  }

  async listZones(region: string, signal?: AbortSignal) {
    const call = { action: "DescribeZones", doing: `listing the zones of ${region}`, region, signal };
    const body = await this.#ecs.call(call, async (client, ecs, runtime) => {
      const request = new ecs.DescribeZonesRequest({
        regionId: region,
        acceptLanguage: "en-US",
        // Without it the types of a zone are left out.
        verbose: true,
      });
      return (await client.describeZonesWithOptions(request, runtime)).body;
    });
    return (body?.zones?.zone ?? []).flatMap((row): CloudZone[] =>
      row.zoneId
        ? [{ zone: row.zoneId, instanceTypes: row.availableInstanceTypes?.instanceTypes ?? [] }]
        : [],
    );
  }

  async offeredZones(region: string, instanceType: string, signal?: AbortSignal) {
    const doing = `asking where ${instanceType} is in stock in ${region}`;
    const ask = (destinationResource: string) =>
      this.#ecs.call(
        { action: "DescribeAvailableResource", doing, region, signal },
        async (client, ecs, runtime) => {
          const request = new ecs.DescribeAvailableResourceRequest({
            regionId: region,
            destinationResource,
            instanceType,
            instanceChargeType: "PostPaid",
            ioOptimized: "optimized",
          });
          const { body } = await client.describeAvailableResourceWithOptions(request, runtime);
          return body?.availableZones?.availableZone ?? [];
        },
      );
    const inStock = (await ask("InstanceType")).flatMap((zone) =>
      valuesOf(zone).includes(instanceType) && zone.zoneId ? [zone.zoneId] : [],
    );
    if (inStock.length === 0) return [];
    const disks = new Map((await ask("SystemDisk")).map((zone) => [zone.zoneId, valuesOf(zone)]));
    return inStock.map(
      (zone): OfferedZone => ({ zone, systemDiskCategories: [...new Set(disks.get(zone) ?? [])] }),
    );
  }

  async listVSwitches(
    region: string,
    query: { readonly vSwitchIds?: readonly string[]; readonly vpcId?: string },
    signal?: AbortSignal,
  ) {
    const { vSwitchIds, vpcId } = query;
    const found: VSwitch[] = [];
    for (const id of vSwitchIds === undefined ? [undefined] : new Set(vSwitchIds)) {
      for (let pageNumber = 1, seen = 0; pageNumber <= maxPages; pageNumber++) {
        const page = await this.#vSwitchPage(
          region,
          {
            RegionId: region,
            PageNumber: String(pageNumber),
            PageSize: String(pageSize),
            ...(id === undefined ? {} : { VSwitchId: id }),
            ...(vpcId === undefined ? {} : { VpcId: vpcId }),
          },
          signal,
        );
        for (const vSwitch of page.vSwitches) {
          const asked =
            (id === undefined || vSwitch.vSwitchId === id) &&
            (vpcId === undefined || vSwitch.vpcId === vpcId);
          if (asked) found.push(vSwitch);
        }
        seen += page.vSwitches.length;
        if (page.vSwitches.length === 0 || seen >= page.total) break;
      }
    }
    return found;
  }

  async #vSwitchPage(region: string, query: Record<string, string>, signal: AbortSignal | undefined) {
    const call = { action: "DescribeVSwitches", doing: `looking at vSwitches in ${region}`, region, signal };
    const answer = await this.#ecs.call(call, async (client, _ecs, runtime) => {
      const models = await loadOpenApiModels();
      const action = new models.Params({
        action: "DescribeVSwitches",
        version: "2014-05-26",
        protocol: "HTTPS",
        pathname: "/",
        method: "POST",
        authType: "AK",
        style: "RPC",
        reqBodyType: "formData",
        bodyType: "json",
      });
      return client.callApi(action, new models.OpenApiRequest({ query }), runtime);
    });
    const body = fieldsOf(fieldsOf(answer).body);
    const rows = fieldsOf(body.VSwitches).VSwitch;
    return {
      total: typeof body.TotalCount === "number" ? body.TotalCount : 0,
      vSwitches: (Array.isArray(rows) ? rows : []).map(fieldsOf).flatMap(vSwitchOf),
    };
  }

  async listSecurityGroups(
    region: string,
    query: { readonly securityGroupIds?: readonly string[]; readonly vpcId?: string },
    signal?: AbortSignal,
  ) {
    const { securityGroupIds, vpcId } = query;
    const call = {
      action: "DescribeSecurityGroups",
      doing: `looking at security groups in ${region}`,
      region,
      signal,
    };
    const rows = await allPages((nextToken) =>
      this.#ecs.call(call, async (client, ecs, runtime) => {
        const asked = new ecs.DescribeSecurityGroupsRequest({
          regionId: region,
          maxResults: 100,
          ...(nextToken === undefined ? {} : { nextToken }),
          ...(securityGroupIds === undefined ? {} : { securityGroupIds: JSON.stringify(securityGroupIds) }),
          ...(vpcId === undefined ? {} : { vpcId }),
        });
        const { body } = await client.describeSecurityGroupsWithOptions(asked, runtime);
        return { rows: body?.securityGroups?.securityGroup ?? [], nextToken: body?.nextToken };
      }),
    );
    return rows.flatMap((row): SecurityGroup[] => {
      const { securityGroupId: id } = row;
      if (!id || (securityGroupIds !== undefined && !securityGroupIds.includes(id))) return [];
      if (vpcId !== undefined && row.vpcId !== vpcId) return [];
      return [{ securityGroupId: id, vpcId: row.vpcId || null, name: row.securityGroupName ?? "" }];
    });
  }
}

/** What a zone has, of one kind of resource; sold out is not had. */
function valuesOf(zone: {
  readonly status?: string;
  readonly availableResources?: {
    readonly availableResource?: readonly {
      readonly supportedResources?: {
        readonly supportedResource?: readonly { readonly value?: string; readonly status?: string }[];
      };
    }[];
  };
}): string[] {
  if (zone.status === "SoldOut") return [];
  return (zone.availableResources?.availableResource ?? [])
    .flatMap((resource) => resource.supportedResources?.supportedResource ?? [])
    .flatMap((found) => (found.value && found.status !== "SoldOut" ? [found.value] : []));
}

function vSwitchOf(row: Readonly<Record<string, unknown>>): VSwitch[] {
  const { VSwitchId: vSwitchId, VpcId: vpcId, ZoneId: zone, AvailableIpAddressCount: free } = row;
  if (typeof vSwitchId !== "string" || typeof vpcId !== "string" || typeof zone !== "string") return [];
  return [{ vSwitchId, vpcId, zone, freeAddresses: typeof free === "number" ? free : 0 }];
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
