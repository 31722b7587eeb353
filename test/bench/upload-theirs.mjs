// The other side of the benchmark of uploads: ali-oss alone sends a file that was made before, or fetches an object.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// A dependency of the package that uploads, not of the repository.
const require = createRequire(import.meta.resolve("@sampan/cloud"));
const { default: OSS } = await import(pathToFileURL(require.resolve("ali-oss")).href);
const client = new OSS({
  endpoint: process.env.BENCH_ENDPOINT,
  sldEnable: true,
  region: "oss-cn-hangzhou",
  authorizationV4: true,
  accessKeyId: process.env.ALIBABA_CLOUD_ACCESS_KEY_ID,
  accessKeySecret: process.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET,
  bucket: "bench-upload",
  timeout: 600_000,
});
const [what, first, second] = process.argv.slice(2);
if (what === "download") await client.get(first, second);
else
  await client.multipartUpload("theirs.vhd", first, second ? { partSize: Number(second) * 1024 ** 2 } : {});
process.exit(0);
