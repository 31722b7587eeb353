/** Which actions of policies an operation needs on what it addresses; operations not named here need `oss:` and their own name. */
const actions: ReadonlyMap<string, readonly string[]> = new Map([
  ["ListObjectsV2", ["oss:ListObjects"]],
  ["HeadObject", ["oss:GetObject"]],
  ["GetObjectMeta", ["oss:GetObject"]],
  ["GetSymlink", ["oss:GetObject"]],
  ["InitiateMultipartUpload", ["oss:PutObject"]],
  ["UploadPart", ["oss:PutObject"]],
  ["UploadPartCopy", ["oss:PutObject"]],
  ["CompleteMultipartUpload", ["oss:PutObject"]],
  ["CopyObject", ["oss:PutObject"]],
  ["AppendObject", ["oss:PutObject"]],
  ["PutSymlink", ["oss:PutObject"]],
  ["DeleteMultipleObjects", ["oss:DeleteObject"]],
  ["PutBucketTags", ["oss:PutBucketTagging"]],
  ["GetBucketTags", ["oss:GetBucketTagging"]],
  ["DeleteBucketTags", ["oss:DeleteBucketTagging"]],
  ["ListBucketInventory", ["oss:GetBucketInventory"]],
]);

/** Actions that have a name of their own when the request names a version. */
const versioned: ReadonlyMap<string, string> = new Map([
  ["oss:GetObject", "oss:GetObjectVersion"],
  ["oss:GetObjectAcl", "oss:GetObjectVersionAcl"],
  ["oss:PutObjectAcl", "oss:PutObjectVersionAcl"],
  ["oss:DeleteObject", "oss:DeleteObjectVersion"],
  ["oss:RestoreObject", "oss:RestoreObjectVersion"],
  ["oss:GetObjectTagging", "oss:GetObjectVersionTagging"],
  ["oss:PutObjectTagging", "oss:PutObjectVersionTagging"],
  ["oss:DeleteObjectTagging", "oss:DeleteObjectVersionTagging"],
]);

const none: readonly string[] = [];

/** What about a request changes the actions it needs. */
export interface RequestTraits {
  readonly hasVersion: boolean;
  /** It writes tags along with an object. */
  readonly hasTags: boolean;
}

/** The actions an operation needs. Source: the "RAM policy" page of each operation in OSS's API reference, 2026-02. */
export function actionsOf(operation: string, { hasVersion, hasTags }: RequestTraits): readonly string[] {
  const plain = actions.get(operation) ?? [`oss:${operation}`];
  const named = hasVersion ? plain.map((action) => versioned.get(action) ?? action) : plain;
  return [...named, ...(hasTags && plain.includes("oss:PutObject") ? ["oss:PutObjectTagging"] : none)];
}
