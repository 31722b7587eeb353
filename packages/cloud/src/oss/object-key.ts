import { SampanError } from "@sampan/core";

const longestKeyBytes = 1023;

/**
 * Refuses a key that OSS refuses, or that a client on the way would silently turn into another: `CLOUD_OBJECT_INVALID`.
 *
 * OSS takes 1 to 1,023 bytes of UTF-8 that begin neither with `/` nor `\`. Segments `.` and `..` are legal there but are
 * resolved by URL parsers after the request was signed, so they never arrive as written.
 */
export function assertObjectKey(key: string): void {
  const problem = problemOf(key);
  if (problem === undefined) return;
  throw new SampanError(
    "CLOUD_OBJECT_INVALID",
    `using the object key ${JSON.stringify(key.slice(0, 80))}: ${problem}`,
    {
      details: { keyBytes: Buffer.byteLength(key) },
    },
  );
}

function problemOf(key: string): string | undefined {
  if (key === "") return "it is empty";
  if (/\p{Cs}/u.test(key)) return "it is no well-formed Unicode";
  if (Buffer.byteLength(key) > longestKeyBytes) return `it is longer than ${longestKeyBytes} bytes`;
  if (/^[/\\]/.test(key)) return "it begins with a slash";
  if (key.split("/").some((segment) => segment === "." || segment === ".."))
    return "it has a . or .. segment";
  if (/\p{Cc}/u.test(key)) return "it holds control characters";
  return undefined;
}

/** Refuses a bucket name that OSS cannot hold: `CLOUD_BUCKET_NOT_FOUND`. */
export function assertBucketName(bucket: string): void {
  if (/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(bucket)) return;
  throw new SampanError(
    "CLOUD_BUCKET_NOT_FOUND",
    `using the bucket ${JSON.stringify(bucket.slice(0, 80))}: no bucket can have that name`,
    { hint: "Use 3 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends." },
  );
}

/** Refuses metadata that cannot be sent as headers: `CORE_ARGUMENT`. */
export function assertMetadata(metadata: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(metadata)) {
    if (/^[a-z0-9][a-z0-9-]*$/.test(name) && /^[\x20-\x7e]*$/.test(value)) continue;
    throw new SampanError(
      "CORE_ARGUMENT",
      `metadata ${JSON.stringify(name.slice(0, 80))}: names are lower-case letters, digits and hyphens, values printable ASCII`,
    );
  }
}
