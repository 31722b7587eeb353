import type { ErrorCodeEntry } from "./entry.ts";

export const cloudErrorCodes = {
  CLOUD_CREDENTIALS_MISSING: {
    meaning: "No credentials for Alibaba Cloud were found.",
    cure: "Set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or rehearse with the built-in simulator.",
    exitCode: 4,
  },
  CLOUD_CREDENTIALS_INVALID: {
    meaning:
      "A place that holds credentials cannot be used: a file is malformed, a field is missing, a mode is not supported.",
    cure: "Mend what the message names, or choose another profile with --profile; `sampan whoami` shows every place looked in.",
    exitCode: 4,
  },
  CLOUD_CREDENTIALS_REFUSED: {
    meaning: "The cloud refused the access key, its signature or its token.",
    cure: "Check that the key exists, is enabled and belongs to this account, and that the clock is right.",
    exitCode: 4,
  },
  CLOUD_PERMISSION_DENIED: {
    meaning: "The account lacks the permission for this call.",
    cure: "Ask the account's owner for the action named in the details.",
    exitCode: 4,
  },
  CLOUD_CLOCK_SKEWED: {
    meaning: "This machine's clock differs from the cloud's by more than 15 minutes.",
    cure: "Set the clock (for example with `timedatectl set-ntp true`) and run again.",
  },
  CLOUD_NAMES_UNWRITABLE: {
    meaning: "The names of an account, which completion offers, could not be kept in the cache folder.",
    cure: "Let this user write there, free space, or name another folder by SAMPAN_CACHE.",
  },
  CLOUD_REGION_UNKNOWN: {
    meaning: "The region does not exist or cannot be used by this account.",
    cure: "Use a region id such as `cn-hangzhou` or `ap-southeast-1`.",
    exitCode: 2,
  },
  CLOUD_BUCKET_NOT_FOUND: {
    meaning: "The bucket does not exist.",
    cure: "Create it in the region of the import, or correct its name.",
  },
  CLOUD_BUCKET_REGION: {
    meaning: "The bucket lies in another region than the import.",
    cure: "ECS imports only from a bucket of the same region: choose a bucket there, or import where the bucket is and copy the image.",
  },
  CLOUD_BUCKET_UNFIT: {
    meaning: "ECS cannot import from this bucket: its storage class or encryption is not supported.",
    cure: "Use a bucket of class Standard without server-side encryption.",
  },
  CLOUD_BUCKET_NAME_TAKEN: {
    meaning: "The bucket's name is taken by another account, or by this one in another region.",
    cure: "Bucket names are unique in the world: choose another.",
  },
  CLOUD_ENDPOINT_FORBIDDEN: {
    meaning: "The cloud does not let this account move data through this endpoint.",
    cure: "Use the internal endpoint from inside the region, or a region outside mainland China.",
  },
  CLOUD_OBJECT_INVALID: {
    meaning: "The object key cannot be used.",
    cure: "Use 1 to 1,023 bytes of UTF-8, no leading slash, no `.` or `..` segments, ending in .vhd, .raw or .qcow2.",
    exitCode: 2,
  },
  CLOUD_OBJECT_EXISTS: {
    meaning: "An object of that name that this run did not make is already there.",
    cure: "Choose another key, or pass `overwrite: true`.",
  },
  CLOUD_OBJECT_NOT_FOUND: {
    meaning: "The object does not exist.",
    cure: "Run the upload again.",
  },
  CLOUD_UPLOAD_GONE: {
    meaning: "The multipart upload no longer exists in the store: it was completed, aborted or expired.",
    cure: "Run again; the upload starts anew.",
  },
  CLOUD_UPLOAD_CORRUPT: {
    meaning: "The checksum or size of what the store holds differs from what was sent.",
    cure: "Run again; if it happens twice, look for a faulty proxy or memory.",
  },
  CLOUD_STORE_FULL: {
    meaning: "The object store has no room left.",
    cure: "Free space in the store or raise its quota, then resume the run; the parts already sent are kept.",
  },
  CLOUD_ROLE_MISSING: {
    meaning: "The RAM role that lets ECS read the bucket is missing or not trusted yet.",
    cure: "Create the role AliyunECSImageImportDefaultRole, once for the account: `sampan setup role` shows what it makes and asks, and `import({ createRole: true })` does it in a plan.",
  },
  CLOUD_IMPORT_REFUSED: {
    meaning: "ECS refused to start the import.",
    cure: "Read the vendor's code in the details.",
  },
  CLOUD_IMPORT_FAILED: {
    meaning: "ECS started the import and gave up on it.",
    cure: "Read the vendor's explanation in the details; the uploaded object is still there.",
  },
  CLOUD_COPY_REFUSED: {
    meaning: "ECS refused to copy the image.",
    cure: "Read the vendor's code in the details.",
  },
  CLOUD_COPY_FAILED: {
    meaning: "ECS started the copy and gave up on it.",
    cure: "Run again to retry the regions that failed.",
  },
  CLOUD_SHARE_REFUSED: {
    meaning: "ECS refused to share the image with some of the accounts.",
    cure: "The details say which accounts have it and why the others do not: correct those and run again.",
  },
  CLOUD_IMAGE_NAME_TAKEN: {
    meaning: "Another image in this region has that name and was not made by this run.",
    cure: "Choose another name or delete the old image.",
  },
  CLOUD_IMAGE_NOT_FOUND: {
    meaning: "The image does not exist in this region.",
    cure: "It may have been deleted meanwhile; run the import again.",
  },
  CLOUD_IMAGE_BUSY: {
    meaning: "Another operation on the image is going on.",
    cure: "Wait until it has ended, then resume the run.",
  },
  CLOUD_TASK_ENDED: {
    meaning: "The task had already ended and could not be cancelled.",
    cure: "Nothing; look at the image it made.",
  },
  CLOUD_ACCOUNT_BLOCKED: {
    meaning:
      "The account may not do this: a payment is overdue, a service is switched off, or its owner is not verified.",
    cure: "Settle it in the vendor's console, then resume the run.",
  },
  CLOUD_QUOTA: {
    meaning: "A quota of the account is used up.",
    cure: "Delete what is no longer needed or ask for a higher quota in the console.",
  },
  CLOUD_THROTTLED: {
    meaning: "The cloud asked to slow down, and still did after every retry.",
    cure: "Run again later; lower `parallel`.",
  },
  CLOUD_UNREACHABLE: {
    meaning: "The endpoint could not be reached, or the connection broke, after every retry.",
    cure: "Check the network, proxy and endpoint, then resume the run.",
  },
  CLOUD_ANSWER_INVALID: {
    meaning: "The endpoint answered something that is not the cloud's protocol.",
    cure: "A proxy may stand between; check it, then resume the run.",
  },
  CLOUD_FAILED: {
    meaning: "The cloud refused a call with a code Sampan has no special advice for.",
    cure: "Look up the vendor's code in the details; the request id helps their support.",
  },
  CLOUD_DEADLINE: {
    meaning: "Waiting ended at the deadline; the cloud's task goes on.",
    cure: "Run `sampan resume` later to pick up the result.",
    exitCode: 124,
  },
} as const satisfies Record<string, ErrorCodeEntry>;
