import type { Json } from "@sampan/core";
import { diskChanges } from "../stages/source-changes.ts";
import type { World, WorldChange } from "./world.ts";

/**
 * What of the world is not what it was when a plan was written for later. What the plan's own run has made meanwhile is no change: `runId`
 * is that run, `null` where there is none.
 */
export function worldChanges(was: World, is: World, runId: string | null): readonly WorldChange[] {
  return [
    ...different("cloud", "which", was.cloud, is.cloud),
    // In another cloud, or another account, nothing else can be compared.
    ...(was.cloud !== is.cloud
      ? []
      : was.account?.accountId !== is.account?.accountId
        ? different("account", "id", was.account?.accountId ?? null, is.account?.accountId ?? null)
        : inAccount(was, is, runId)),
    ...ofSource(was, is),
  ];
}

function inAccount(was: World, is: World, runId: string | null): readonly WorldChange[] {
  return [
    ...ofBucket(was, is, runId),
    // A role that is made ready meanwhile is what the run needs.
    ...(is.importRole === "ready" ? [] : different("import role", "state", was.importRole, is.importRole)),
    ...is.unknownRegions
      .filter((region) => !was.unknownRegions.includes(region))
      .map((region) => change(`region ${region}`, "open", true, false)),
    ...ofObjects(was, is, runId),
    ...ofImages(was, is, runId),
  ];
}

function change(thing: string, field: string, from: Json, to: Json): WorldChange {
  return { thing, field, from, to };
}

function different(thing: string, field: string, from: Json, to: Json): readonly WorldChange[] {
  return from === to ? [] : [change(thing, field, from, to)];
}

function ofSource({ source: was }: World, { source: is }: World): readonly WorldChange[] {
  if (was.state === "unseen" && is.state === "unseen") return [];
  if (was.state === "unseen") return [change("source", "seen", was.reason, "now it is")];
  if (is.state === "unseen") return [change("source", "seen", "then it was", is.reason)];
  const changes = diskChanges(was.disks, is.disks).map(({ disk, field, from, to }) =>
    change(`disk ${disk}`, field, from, to),
  );
  if (changes.length > 0) return changes;
  return was.disks.flatMap((disk) => {
    const now = is.disks.find(({ name }) => name === disk.name);
    return different(`disk ${disk.name}`, "allocation map", disk.map, now?.map ?? null);
  });
}

function ofBucket(was: World, is: World, runId: string | null): readonly WorldChange[] {
  const [before, now] = [was.bucket, is.bucket];
  if (before === null || now === null) return [];
  const thing = `bucket ${now.name}`;
  if (before.state === "missing" && now.state === "there" && runId !== null) return [];
  if (before.state !== now.state) return [change(thing, "state", before.state, now.state)];
  if (before.state !== "there" || now.state !== "there") return [];
  return [
    ...different(thing, "region", before.region, now.region),
    ...different(thing, "storage class", before.storageClass, now.storageClass),
    ...different(thing, "encryption", before.encryption, now.encryption),
  ];
}

function ofObjects(was: World, is: World, runId: string | null): readonly WorldChange[] {
  return is.objects.flatMap(({ bucket, key, there }) => {
    if (there !== null && runId !== null && there.runId === runId) return [];
    const before = was.objects.find((one) => one.bucket === bucket && one.key === key)?.there ?? null;
    const thing = `object oss://${bucket}/${key}`;
    if (before === null || there === null) return different(thing, "there", before !== null, there !== null);
    return different(thing, "etag", before.etag, there.etag);
  });
}

function ofImages(was: World, is: World, runId: string | null): readonly WorldChange[] {
  return is.images.flatMap(({ region, name, there }) => {
    if (there !== null && runId !== null && there.runId === runId) return [];
    const before = was.images.find((one) => one.region === region && one.name === name)?.there ?? null;
    return different(
      `image name ${name} in ${region}`,
      "taken by",
      before?.imageId ?? null,
      there?.imageId ?? null,
    );
  });
}
