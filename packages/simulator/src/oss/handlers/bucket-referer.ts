import { type OssHandler, requireBucket, xmlAnswer } from "../call.ts";
import { malformed, onlyChild, onlyFlag, readDocument, texts } from "../configuration/read-document.ts";

const listLimitBytes = 20 * 1024;

/** Sets which pages may show a bucket's objects. Judged for signed URLs and anonymous calls, as OSS does. */
export const putBucketReferer: OssHandler = async (call) => {
  requireBucket(call, "own");
  const document = await readDocument(call, "RefererConfiguration");
  const list = onlyChild(document, "RefererList");
  if (!list) throw malformed("There is no RefererList.");
  const allowed = texts(list, "Referer").filter((entry) => entry !== "");
  const refused = texts(onlyChild(document, "RefererBlacklist") ?? {}, "Referer").filter(
    (entry) => entry !== "",
  );
  if (Buffer.byteLength([...allowed, ...refused].join("\n")) > listLimitBytes) {
    throw malformed(`The lists are longer than ${listLimitBytes} bytes.`);
  }
  const referer = {
    allowEmpty: onlyFlag(document, "AllowEmptyReferer") ?? true,
    allowTruncateQueryString: onlyFlag(document, "AllowTruncateQueryString") ?? true,
    truncatePath: onlyFlag(document, "TruncatePath") ?? false,
    allowed,
    refused,
  };
  await call.world.oss.configureBucket(call.bucketName, { referer });
  return { status: 200 };
};

/** Which pages may show a bucket's objects: all of them when nothing was set. */
export const getBucketReferer: OssHandler = async (call) => {
  const referer = requireBucket(call, "own").configuration?.referer;
  return xmlAnswer("RefererConfiguration", {
    AllowEmptyReferer: referer?.allowEmpty ?? true,
    AllowTruncateQueryString: referer?.allowTruncateQueryString ?? true,
    TruncatePath: referer?.truncatePath ?? false,
    RefererList: { Referer: referer?.allowed ?? [] },
    RefererBlacklist: referer && referer.refused.length > 0 ? { Referer: referer.refused } : undefined,
  });
};
