import { readAcl, versionHeaders } from "../attributes.ts";
import {
  headerOf,
  invalidArgument,
  type OssHandler,
  ownerElement,
  requireBucket,
  requireObject,
  xmlAnswer,
} from "../call.ts";

/** The permissions of an object. */
export const getObjectAcl: OssHandler = async (call) => {
  const object = requireObject(call);
  const bucket = requireBucket(call, "own");
  return xmlAnswer(
    "AccessControlPolicy",
    { Owner: ownerElement(call, bucket.ownerId), AccessControlList: { Grant: object.acl } },
    versionHeaders(call, object),
  );
};

/** Changes the permissions of an object. */
export const putObjectAcl: OssHandler = async (call) => {
  requireBucket(call, "own");
  const object = requireObject(call);
  const text = headerOf(call, "x-oss-object-acl");
  const acl = text === "default" ? "default" : readAcl(text, "x-oss-object-acl");
  if (!acl) throw invalidArgument("x-oss-object-acl", "");
  await call.world.oss.changeVersion(object, (current) => ({ ...current, acl }));
  return { status: 200, headers: versionHeaders(call, object) };
};
