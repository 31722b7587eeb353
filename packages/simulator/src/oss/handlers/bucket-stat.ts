import { type OssHandler, requireBucket, xmlAnswer } from "../call.ts";

/** How much a bucket holds, by class. The service counts once an hour; the simulator counts when asked. */
export const getBucketStat: OssHandler = async (call) => {
  const bucket = requireBucket(call, "own");
  const { oss, clock } = call.world;
  const bytes = new Map<string, number>();
  const counts = new Map<string, number>();
  for (const key of oss.keys(bucket.name)) {
    const object = oss.object(bucket.name, key);
    if (!object) continue;
    const { storageClass, content } = object;
    bytes.set(storageClass, (bytes.get(storageClass) ?? 0) + content.sizeBytes);
    counts.set(storageClass, (counts.get(storageClass) ?? 0) + 1);
  }
  const uploads = oss.uploads(bucket.name);
  const parts = uploads.flatMap(({ uploadId }) => oss.parts(uploadId));
  const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
  const partBytes = sum(parts.map(({ content }) => content.sizeBytes));
  const ofClass = (storageClass: string, name: string) => ({
    [`${name}Storage`]: bytes.get(storageClass) ?? 0,
    [`${name}RealStorage`]: bytes.get(storageClass) ?? 0,
    [`${name}ObjectCount`]: counts.get(storageClass) ?? 0,
  });
  return xmlAnswer("BucketStat", {
    Storage: sum(bytes.values()) + partBytes,
    ObjectCount: sum(counts.values()),
    MultipartUploadCount: uploads.length,
    MultipartPartCount: parts.length,
    LiveChannelCount: 0,
    LastModifiedTime: Math.floor(clock.serviceNow() / 1000),
    StandardStorage: bytes.get("Standard") ?? 0,
    StandardObjectCount: counts.get("Standard") ?? 0,
    ...ofClass("IA", "InfrequentAccess"),
    ...ofClass("Archive", "Archive"),
    ...ofClass("ColdArchive", "ColdArchive"),
    ...ofClass("DeepColdArchive", "DeepColdArchive"),
    DeleteMarkerCount: 0,
  });
};
