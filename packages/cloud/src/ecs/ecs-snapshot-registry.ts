import type {
  CloudSnapshot,
  CreateSnapshotRequest,
  SnapshotQuery,
  SnapshotRegistry,
} from "../snapshot-registry.ts";
import { type EcsCaller, unlessSettled } from "./ecs-caller.ts";
import { tagList } from "./import-request.ts";
import { cloudSnapshotOf } from "./instance-mapping.ts";
import { allPages, chunks } from "./pages.ts";

const pageSize = 100;

/**
 * The snapshots of ECS, through the vendor's typed client.
 *
 * Sources: ECS API reference (CreateSnapshot, DescribeSnapshots, DeleteSnapshot), 2021 to 2026.
 */
export class EcsSnapshotRegistry implements SnapshotRegistry {
  readonly #ecs: EcsCaller;

  constructor(ecs: EcsCaller) {
    this.#ecs = ecs;
  }

  async createSnapshot(region: string, request: CreateSnapshotRequest, signal?: AbortSignal) {
    const { diskId, name, description, tags, clientToken } = request;
    const call = {
      action: "CreateSnapshot",
      doing: `taking a snapshot of ${diskId} in ${region}`,
      region,
      signal,
    };
    const body = await this.#ecs.call(call, async (client, ecs, runtime) => {
      const asked = new ecs.CreateSnapshotRequest({
        diskId,
        snapshotName: name,
        clientToken,
        ...(description === undefined ? {} : { description }),
        ...(tags === undefined ? {} : { tag: tagList(tags) }),
      });
      return (await client.createSnapshotWithOptions(asked, runtime)).body;
    });
    if (!body?.snapshotId) throw this.#ecs.lacking(call, "the snapshot's id");
    return { snapshotId: body.snapshotId };
  }

  async listSnapshots(region: string, query: SnapshotQuery, signal?: AbortSignal) {
    const { snapshotIds } = query;
    const found: CloudSnapshot[] = [];
    for (const ids of snapshotIds === undefined ? [undefined] : chunks([...new Set(snapshotIds)], pageSize)) {
      found.push(...(await this.#snapshots(region, ids, query.tag, signal)));
    }
    return found;
  }

  async #snapshots(
    region: string,
    ids: readonly string[] | undefined,
    tag: SnapshotQuery["tag"],
    signal: AbortSignal | undefined,
  ): Promise<readonly CloudSnapshot[]> {
    const call = { action: "DescribeSnapshots", doing: `looking at snapshots in ${region}`, region, signal };
    const rows = await allPages((nextToken) =>
      this.#ecs.call(call, async (client, ecs, runtime) => {
        const asked = new ecs.DescribeSnapshotsRequest({
          regionId: region,
          status: "all",
          maxResults: pageSize,
          ...(nextToken === undefined ? {} : { nextToken }),
          ...(ids === undefined ? {} : { snapshotIds: JSON.stringify(ids) }),
          ...(tag === undefined ? {} : { tag: [{ key: tag.key, value: tag.value }] }),
        });
        const { body } = await client.describeSnapshotsWithOptions(asked, runtime);
        return { rows: body?.snapshots?.snapshot ?? [], nextToken: body?.nextToken };
      }),
    );
    return rows.flatMap((row) => {
      const snapshot = cloudSnapshotOf(row, region);
      const asked =
        snapshot !== undefined &&
        (ids === undefined || ids.includes(snapshot.snapshotId)) &&
        (tag === undefined || snapshot.tags[tag.key] === tag.value);
      return asked ? [snapshot] : [];
    });
  }

  async deleteSnapshot(region: string, snapshotId: string, signal?: AbortSignal): Promise<void> {
    await unlessSettled(
      ["InvalidSnapshotId.NotFound"],
      this.#ecs.call(
        { action: "DeleteSnapshot", doing: `deleting ${snapshotId} in ${region}`, region, signal },
        async (client, ecs, runtime) => {
          await client.deleteSnapshotWithOptions(new ecs.DeleteSnapshotRequest({ snapshotId }), runtime);
        },
      ),
    );
  }
}
