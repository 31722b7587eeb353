import { encodeRfc3986 } from "../../http/url.ts";
import { forbidsOverwrite, overwriteGuard, readAttributes, writtenHeaders } from "../attributes.ts";
import {
  headerOf,
  invalidArgument,
  type OssHandler,
  requireBucket,
  requireKeyAllowed,
  requireObject,
} from "../call.ts";
import { ossError } from "../errors.ts";

/** ETag of no bytes: a link has none of its own. */
const etagOfNothing = "D41D8CD98F00B204E9800998ECF8427E";

/** Makes a symbolic link: reading it reads the object it names, which need not exist yet. */
export const putSymlink: OssHandler = async (call) => {
  const bucket = requireBucket(call, "write");
  requireKeyAllowed(call);
  const symlinkTarget = readTarget(headerOf(call, "x-oss-symlink-target") ?? "");
  if (symlinkTarget === call.key) throw invalidArgument("x-oss-symlink-target", symlinkTarget);
  const record = await call.world.oss.putObject(
    {
      ...readAttributes(call, bucket),
      bucket: bucket.name,
      key: call.key,
      content: { sizeBytes: 0, segments: [] },
      etag: etagOfNothing,
      crc64: "0",
      type: "Symlink",
      symlinkTarget,
      modifiedAtMs: call.world.clock.serviceNow(),
      uploadId: null,
    },
    overwriteGuard(forbidsOverwrite(call), bucket),
  );
  return { status: 200, headers: writtenHeaders(call, record) };
};

/** Tells what a symbolic link stands for; `NotSymlink` for any other object. */
export const getSymlink: OssHandler = async (call) => {
  const object = requireObject(call);
  if (object.symlinkTarget === undefined) throw ossError("NotSymlink");
  return {
    status: 200,
    headers: {
      ...writtenHeaders(call, object),
      "Last-Modified": new Date(object.modifiedAtMs).toUTCString(),
      "x-oss-symlink-target": encodeRfc3986(object.symlinkTarget),
    },
  };
};

function readTarget(header: string): string {
  let target: string;
  try {
    target = decodeURIComponent(header);
  } catch {
    throw invalidArgument("x-oss-symlink-target", header);
  }
  if (target === "" || Buffer.byteLength(target) > 1023 || /^[/\\]/.test(target)) {
    throw invalidArgument("x-oss-symlink-target", header);
  }
  return target;
}
