// One upload of the benchmark as a program of its own: a disk goes to the store as it is encoded.
import { randomBytes } from "node:crypto";
import { connectAlibabaCloud, credentialsFromEnvironment, uploadObject } from "@sampan/cloud";
import { encodeVhd, openDiskImage } from "@sampan/image";

const [path] = process.argv.slice(2);
const cloud = connectAlibabaCloud({
  endpoints: { simulator: process.env.BENCH_ENDPOINT },
  credentials: credentialsFromEnvironment(process.env),
});
const store = cloud.objects("cn-hangzhou");
await store.createBucket("bench-upload");
const { source } = await openDiskImage(path, { format: "raw" });
const image = await encodeVhd(source, { subformat: "dynamic" });
// As a run sends it: parts get the digests by which a refresh knows them.
const digestKey = randomBytes(16);
const target = { bucket: "bench-upload", key: "ours.vhd" };
const result = await uploadObject(store, image, target, { digestKey });
if (!result.verified) throw new Error("the object was not verified");
await source.close();
await cloud.close();
