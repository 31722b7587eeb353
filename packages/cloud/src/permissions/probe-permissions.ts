import { GiB, isSampanError, type SampanError } from "@sampan/core";
import type { Cloud } from "../cloud.ts";
import type { ObjectStore } from "../object-store.ts";
import { vendorCodeOf } from "../vendor-failure.ts";

/** What is known of one permission. Plain JSON. */
export interface PermissionAnswer {
  /** As policies name it: `ecs:ImportImage`. */
  readonly action: string;
  /** The verb that needs it; `null` for what every upload and import needs. */
  readonly verb: string | null;
  readonly verdict: "allowed" | "denied" | "unknown";
  /** How that is known, or why it is not. */
  readonly evidence: string;
}

/** Where {@link probePermissions} asks. */
export interface PermissionPlace {
  readonly region: string;
  /** A bucket that uploads go to; without it nothing of OSS is asked. */
  readonly bucket?: string | undefined;
  /** Id of the caller's own account; without it sharing is not asked about. */
  readonly accountId?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Asked {
  readonly action: string;
  readonly verb?: string | null;
  readonly how: string;
  readonly ask: () => Promise<unknown>;
}

/** What the service calls only doing it would tell, and that is therefore never asked. */
const onlyDoingTells: readonly (readonly [action: string, verb: string | null])[] = [
  ["ecs:CancelTask", null],
  ["ecs:CancelCopyImage", "copyTo"],
  ["ecs:DeleteImage", "gc"],
  ["ecs:RunInstances", "launch"],
  ["oss:DeleteObject", "gc"],
];

/**
 * Asks for each permission a migration needs by a call that changes nothing: one that reads, or a dry run. The one exception is an upload that
 * is begun in the bucket, without a byte, and aborted at once.
 *
 * Only an answer that says so is *allowed* or *denied*; anything else is *unknown*, with what was answered. Independent calls are
 * made at once.
 *
 * @throws `CLOUD_CREDENTIALS_REFUSED`, `CLOUD_UNREACHABLE` and the like, when no call can be made at all.
 */
export async function probePermissions(
  cloud: Cloud,
  place: PermissionPlace,
): Promise<readonly PermissionAnswer[]> {
  // Of all of them the end is awaited, whatever one throws: an upload that was begun is aborted before the caller closes the cloud.
  const asked = await Promise.allSettled([
    probeEcs(cloud, place),
    probeOss(cloud, place),
    probeRam(cloud, place),
  ]);
  const groups = asked.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
  const undone = onlyDoingTells
    .filter(([action]) => place.bucket !== undefined || !action.startsWith("oss:"))
    .map(([action, verb]) => unknown(action, verb, "not asked: only doing it would tell"));
  return [...groups.flat(), ...undone];
}

async function probeEcs(cloud: Cloud, { region, accountId, signal }: PermissionPlace) {
  const { images } = cloud;
  let own: string | undefined;
  let regions: readonly string[] = [];
  const first = await Promise.all([
    answer({
      action: "ecs:DescribeRegions",
      how: "listed the regions",
      ask: async () => {
        regions = await images.listRegions(signal);
      },
    }),
    answer({
      action: "ecs:DescribeImages",
      how: "listed the images",
      ask: async () => {
        own = (await images.listImages(region, {}, signal)).find(
          ({ status }) => status === "Available",
        )?.imageId;
      },
    }),
    answer({
      action: "ecs:DescribeTasks",
      how: "listed the tasks",
      ask: () => images.listTasks(region, {}, signal),
    }),
  ]);
  const imageId = own;
  if (imageId === undefined) {
    const none = `not asked: there is no image of yours in ${region} to ask about`;
    return [
      ...first,
      unknown("ecs:CopyImage", "copyTo", none),
      unknown("ecs:ModifyImageSharePermission", "shareWith", none),
    ];
  }
  const destinationRegion = regions.find((one) => one !== region) ?? region;
  const name = `sampan-doctor-${Date.now()}`;
  return [
    ...first,
    await answer({
      action: "ecs:CopyImage",
      verb: "copyTo",
      how: `dry run with ${imageId}`,
      ask: () => images.checkCopy(region, { imageId, destinationRegion, name }, signal),
    }),
    accountId === undefined
      ? unknown("ecs:ModifyImageSharePermission", "shareWith", "not asked: your account's id is not known")
      : await answer({
          action: "ecs:ModifyImageSharePermission",
          verb: "shareWith",
          how: `dry run with ${imageId}`,
          ask: () => images.checkShare(region, imageId, accountId, signal),
        }),
  ];
}

async function probeOss(cloud: Cloud, place: PermissionPlace): Promise<readonly PermissionAnswer[]> {
  const { region, bucket, signal } = place;
  if (bucket === undefined) return [unknown("ecs:ImportImage", null, "not asked: no bucket was named")];
  let bucketRegion = region;
  const anywhere = cloud.objects(region);
  const info = await answer({
    action: "oss:GetBucketInfo",
    how: "described the bucket",
    ask: async () => {
      bucketRegion = (await anywhere.describeBucket(bucket, signal)).region;
    },
  }).finally(() => anywhere.close());
  const store = cloud.objects(bucketRegion);
  try {
    let disk: string | undefined;
    const listing = await Promise.all([
      answer({
        action: "oss:ListObjects",
        how: "listed the bucket",
        ask: async () => {
          const found = await store.listObjects(bucket, "", signal);
          disk = found.find(({ key, sizeBytes }) => /\.(vhd|raw|qcow2)$/.test(key) && sizeBytes > 0)?.key;
        },
      }),
      answer({
        action: "oss:ListMultipartUploads",
        how: "listed the uploads of the bucket",
        ask: () => store.listMultipartUploads(bucket, "sampan-doctor/", signal),
      }),
    ]);
    const isListed = listing[0]?.verdict === "allowed";
    return [
      info,
      ...listing,
      ...(await probeUpload(store, bucket, signal)),
      ...(await probeObject(cloud, store, { ...place, region: bucketRegion }, bucket, {
        key: disk,
        isListed,
      })),
    ];
  } finally {
    await store.close();
  }
}

/** Begins an upload, which needs the right to put objects, and aborts it. */
async function probeUpload(store: ObjectStore, bucket: string, signal: AbortSignal | undefined) {
  const object = { bucket, key: `sampan-doctor/${Date.now().toString(36)}.vhd` };
  let upload: Awaited<ReturnType<ObjectStore["createMultipartUpload"]>> | undefined;
  const put = await answer({
    action: "oss:PutObject",
    how: "began an upload",
    ask: async () => {
      upload = await store.createMultipartUpload(object, signal === undefined ? {} : { signal });
    },
  });
  const begun = upload;
  if (begun === undefined) {
    const why = "not asked: no upload could be begun";
    return [put, unknown("oss:ListParts", null, why), unknown("oss:AbortMultipartUpload", null, why)];
  }
  const parts = await answer({
    action: "oss:ListParts",
    how: "listed the parts of an upload",
    ask: () => store.listParts(begun, signal),
  });
  // Not by the signal: what was begun is cleared away even when time is up.
  const aborted = await answer({
    action: "oss:AbortMultipartUpload",
    how: "aborted that upload",
    ask: () => store.abortMultipartUpload(begun),
  });
  return [put, parts, aborted];
}

/** What can be asked only about an object that is there. */
async function probeObject(
  cloud: Cloud,
  store: ObjectStore,
  { region, signal }: PermissionPlace,
  bucket: string,
  { key, isListed }: { readonly key: string | undefined; readonly isListed: boolean },
) {
  if (key === undefined) {
    const none = isListed
      ? "not asked: the bucket holds no disk (.vhd, .raw, .qcow2) to ask about"
      : "not asked: the bucket could not be listed";
    return [unknown("oss:GetObject", null, none), unknown("ecs:ImportImage", null, none)];
  }
  const request = {
    name: `sampan-doctor-${Date.now()}`,
    disks: [{ bucket, key, format: formatOf(key), sizeBytes: 40 * GiB }],
    osType: "linux" as const,
    architecture: "x86_64" as const,
    bootMode: "BIOS" as const,
    platform: "Others Linux" as const,
    tags: {},
    clientToken: `sampan-doctor-${Date.now()}`,
  };
  return Promise.all([
    answer({
      action: "oss:GetObject",
      how: `looked at ${key}`,
      ask: () => store.headObject({ bucket, key }, signal),
    }),
    answer({
      action: "ecs:ImportImage",
      how: `dry run with ${key}`,
      ask: () => cloud.images.checkImport(region, request, signal),
    }),
  ]);
}

async function probeRam(cloud: Cloud, { signal }: PermissionPlace): Promise<readonly PermissionAnswer[]> {
  let state: string | undefined;
  const role = await answer({
    action: "ram:GetRole",
    how: "looked at the import role",
    ask: async () => {
      state = (await cloud.access.describeImportRole(signal)).state;
    },
  });
  // One question that asks for both; which was denied, the answer says.
  if (role.verdict === "denied" && /ListPoliciesForRole/.test(role.evidence)) {
    return [
      { ...role, verdict: "allowed", evidence: "looked at the import role" },
      { ...role, action: "ram:ListPoliciesForRole" },
    ];
  }
  const listed = state === "ready" || state === "powerless";
  const policies: PermissionAnswer = listed
    ? { ...role, action: "ram:ListPoliciesForRole", evidence: "listed the policies of the import role" }
    : unknown("ram:ListPoliciesForRole", null, "not asked: there is no import role that ECS may take");
  return [role, policies];
}

async function answer({ action, verb = null, how, ask }: Asked): Promise<PermissionAnswer> {
  try {
    await ask();
    return { action, verb, verdict: "allowed", evidence: how };
  } catch (error) {
    if (!isSampanError(error)) throw error;
    if (error.code === "CLOUD_PERMISSION_DENIED") {
      const { deniedAction, requestId } = error.details;
      // One question may take several permissions.
      const which = typeof deniedAction === "string" ? deniedAction : calledAction(error);
      const other = which === null || which.split(":").at(-1) === action.split(":").at(-1) ? null : which;
      const said = [
        vendorCodeOf(error) ?? error.code,
        other,
        typeof requestId === "string" ? `request ${requestId}` : null,
      ];
      return { action, verb, verdict: "denied", evidence: said.filter(Boolean).join(", ") };
    }
    // Whoever cannot be asked at all has no permissions to tell.
    if (/^CLOUD_(CREDENTIALS|UNREACHABLE|CLOCK)/.test(error.code) || error.code === "CORE_CANCELLED")
      throw error;
    return unknown(action, verb, `asked, and answered by ${vendorCodeOf(error) ?? error.code}`);
  }
}

/** The call that was refused, as the vendor names it. */
function calledAction({ details }: SampanError): string | null {
  return typeof details.action === "string" ? details.action : null;
}

function unknown(action: string, verb: string | null, evidence: string): PermissionAnswer {
  return { action, verb, verdict: "unknown", evidence };
}

function formatOf(key: string): "VHD" | "RAW" | "QCOW2" {
  if (key.endsWith(".raw")) return "RAW";
  return key.endsWith(".qcow2") ? "QCOW2" : "VHD";
}
