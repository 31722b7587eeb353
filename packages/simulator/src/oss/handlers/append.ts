import { createHash } from "node:crypto";
import { combineCrc64 } from "@sampan/core";
import { joinContents } from "../../state/content.ts";
import { readAttributes, writtenHeaders } from "../attributes.ts";
import { invalidArgument, type OssHandler, queryOf, requireBucket, requireKeyAllowed } from "../call.ts";
import { ossError } from "../errors.ts";
import { type ReceivedBody, receiveBody } from "../receive.ts";
import type { ObjectRecord } from "../records.ts";

/** Largest object that can be appended to: 5 GB. */
const appendableLimitBytes = 5 * 1024 ** 3;

/**
 * Appends the body to an object, or begins one at position 0. The position must be the object's length
 * (`PositionNotEqualToLength`), and the object must have been begun this way (`ObjectNotAppendable`). Attributes count only
 * at the beginning. In a bucket with versions the latest version grows; no other is made of it.
 */
export const appendObject: OssHandler = async (call) => {
  const { oss, clock } = call.world;
  const bucket = requireBucket(call, "write");
  requireKeyAllowed(call);
  const position = readPosition(queryOf(call, "position") ?? "");
  const attributes = readAttributes(call, bucket);
  requirePosition(oss.object(bucket.name, call.key), position);
  const body = await receiveBody(call);
  const earlier = oss.object(bucket.name, call.key);
  const record = earlier
    ? await oss
        // Held until the object has it: a refusal after the bytes have come must not leave them behind.
        .withContent(body.content, () =>
          oss.changeVersion(earlier, (current) => {
            requirePosition(current, position);
            return grown(current, body, clock.serviceNow());
          }),
        )
    : await oss.putObject(
        {
          ...attributes,
          bucket: bucket.name,
          key: call.key,
          content: body.content,
          etag: body.digest.md5Hex,
          crc64: body.digest.crc64.toString(),
          type: "Appendable",
          modifiedAtMs: clock.serviceNow(),
          uploadId: null,
        },
        (current) => requirePosition(current, position),
      );
  if (!record) throw ossError("PositionNotEqualToLength", { headers: nextPosition(0) });
  return {
    status: 200,
    headers: { ...writtenHeaders(call, record), ...nextPosition(record.content.sizeBytes) },
  };
};

function readPosition(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw invalidArgument("position", text);
  return Number(text);
}

function requirePosition(current: ObjectRecord | undefined, position: number): void {
  if (current && current.type !== "Appendable") throw ossError("ObjectNotAppendable");
  const sizeBytes = current?.content.sizeBytes ?? 0;
  if (position !== sizeBytes)
    throw ossError("PositionNotEqualToLength", { headers: nextPosition(sizeBytes) });
}

function nextPosition(sizeBytes: number): Record<string, string> {
  return { "x-oss-next-append-position": String(sizeBytes) };
}

function grown(current: ObjectRecord, { content, digest }: ReceivedBody, nowMs: number): ObjectRecord {
  const joined = joinContents([current.content, content]);
  if (joined.sizeBytes > appendableLimitBytes) throw ossError("EntityTooLarge");
  const crc64 =
    current.crc64 === null
      ? null
      : combineCrc64(BigInt(current.crc64), digest.crc64, content.sizeBytes).toString();
  // Opaque to clients, as the vendor's: no MD5 of the whole.
  const etag = createHash("md5").update(`${current.etag}${digest.md5Hex}`).digest("hex").toUpperCase();
  return { ...current, content: joined, crc64, etag, modifiedAtMs: nowMs };
}
