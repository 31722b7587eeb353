import { isSampanError, SampanError, systemClock } from "@sampan/core";
import type { Cloud } from "../cloud.ts";
import type { CloudImage } from "../image-registry.ts";
import { checkBuckets } from "./check-buckets.ts";
import { ensureImportRole } from "./ensure-role.ts";
import type { ImportOptions, ImportRequest, StartedImport } from "./image-options.ts";
import { hasFailed, imageNamed, isOwn, tokenAfter, withTokenTag } from "./own-image.ts";
import { retrying } from "./retrying.ts";

const firstRolePollMs = 1_000;
const slowestRolePollMs = 8_000;
const defaultPropagationMs = 180_000;

/**
 * Starts the import of one or more uploaded disks as an ECS image, or finds the one an earlier attempt started.
 *
 * Checks what can be checked before (bucket, role), then asks; a role that exists but has not reached ECS yet is waited
 * for. The image is tagged with the request's client token, so that a later attempt knows it as its own. Wait for the
 * result with {@link waitForImage}. A cancel stops before the call that starts the import or after it, never within: what
 * was started is always told.
 *
 * @throws `CLOUD_BUCKET_REGION`, `CLOUD_BUCKET_UNFIT`, `CLOUD_BUCKET_NOT_FOUND`, `CLOUD_ROLE_MISSING`,
 * `CLOUD_IMAGE_NAME_TAKEN` when an image of that name is not of this run, `CLOUD_IMPORT_REFUSED`, `CLOUD_QUOTA` and what else
 * the catalogue of vendor codes says.
 * @example
 * ```ts
 * const started = await importImage(cloud, { region: "cn-hangzhou", name: "web-01", disks, osType: "linux",
 *   architecture: "x86_64", bootMode: "BIOS", clientToken: runId }, { createRole: true });
 * const image = await waitForImage(cloud.images, started);
 * ```
 */
export async function importImage(
  cloud: Cloud,
  request: ImportRequest,
  options: ImportOptions = {},
): Promise<StartedImport> {
  const { region, ...fields } = request;
  const own = await findOwn(cloud, request, options);
  if (own !== undefined && "imageId" in own) return own;
  await checkBuckets(cloud, request, options);
  await ensureImportRole(cloud, request, options);

  const { clock = systemClock, signal, rolePropagationMs = defaultPropagationMs } = options;
  const asked = {
    ...fields,
    tags: withTokenTag(fields.tags, fields.clientToken),
    clientToken: own === undefined ? fields.clientToken : tokenAfter(fields.clientToken, own.removed),
  };
  const giveUpAt = clock.monotonic() + rolePropagationMs;
  for (let pollMs = firstRolePollMs; ; pollMs = Math.min(pollMs * 2, slowestRolePollMs)) {
    try {
      // What makes something is not cut off by a cancel: then nobody would know what there is to be cancelled.
      const started = await retrying(options, () => cloud.images.importImage(region, asked));
      return { region, ...started, adopted: false };
    } catch (error) {
      // While waiting for the role, and after an answer that was lost, the import may have begun all the same.
      if (isSampanError(error, "CLOUD_IMAGE_NAME_TAKEN") || isSampanError(error, "CLOUD_IMAGE_BUSY")) {
        const begun = await findOwn(cloud, request, options);
        if (begun !== undefined && "imageId" in begun) return begun;
        throw error;
      }
      const waitable = isSampanError(error, "CLOUD_ROLE_MISSING") && clock.monotonic() + pollMs <= giveUpAt;
      if (!waitable || !(await roleIsReady(cloud, request, options))) throw error;
      options.onNote?.("waiting until the import role has reached ECS");
      await clock.sleep(pollMs, signal);
    }
  }
}

/** Whether waiting can help: the role is there and ECS has only not seen it, or it cannot be looked at. */
async function roleIsReady(cloud: Cloud, request: ImportRequest, options: ImportOptions): Promise<boolean> {
  if (request.roleName !== undefined) return true;
  try {
    const role = await retrying(options, () => cloud.access.describeImportRole(options.signal));
    return role.state === "ready";
  } catch (error) {
    if (isSampanError(error, "CLOUD_PERMISSION_DENIED")) return false;
    throw error;
  }
}

/**
 * The image of this request that is there already, or the id of one that had failed and was removed to make room;
 * `CLOUD_IMAGE_NAME_TAKEN` when the name is someone else's.
 */
async function findOwn(
  cloud: Cloud,
  request: ImportRequest,
  options: ImportOptions,
): Promise<StartedImport | { readonly removed: string } | undefined> {
  const { region, name } = request;
  const { signal } = options;
  const found = await retrying(options, () => imageNamed(cloud.images, region, name, signal));
  if (found === undefined) return undefined;
  if (!isOwn(found, request)) throw nameTaken(found);
  if (hasFailed(found)) {
    // What an earlier attempt of this run left behind would keep its name from the next.
    options.onNote?.(`deleting ${found.imageId}, an earlier attempt that failed`);
    await retrying(options, () => cloud.images.deleteImage(region, found.imageId, signal));
    return { removed: found.imageId };
  }
  const tasks = await retrying(options, () => cloud.images.listTasks(region, {}, signal));
  const task = tasks.find(
    (candidate) => candidate.resourceId === found.imageId && candidate.action === "ImportImage",
  );
  return { region, imageId: found.imageId, taskId: task?.taskId ?? null, adopted: true };
}

function nameTaken(image: CloudImage): SampanError {
  return new SampanError(
    "CLOUD_IMAGE_NAME_TAKEN",
    `importing ${image.name} in ${image.region}: the image ${image.imageId} has that name and is not of this run`,
    { details: { imageId: image.imageId, region: image.region, status: image.status } },
  );
}
