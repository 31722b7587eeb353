import { type BodySpoiling, drainBody, passingBatches } from "../http/body.ts";
import { isStoreFull, StoreFullError } from "../state/blob-store.ts";
import type { Content } from "../state/content.ts";
import { type BodyDigest, RunningDigest } from "../state/digest.ts";
import { headerOf, type OssCall } from "./call.ts";
import { OssError, ossError } from "./errors.ts";
import { trafficLimitOf } from "./traffic-limit.ts";

/** Largest body of one PUT, part or object: 5 GB. */
const bodyLimitBytes = 5 * 1024 ** 3;

/** A body that lies in the store, with its checksums. Nobody holds it yet. */
export interface ReceivedBody {
  readonly content: Content;
  readonly digest: BodyDigest;
}

/**
 * Takes a request's body into the store, hashing it on the way; memory stays flat.
 *
 * Throws what OSS answers: `MissingContentLength`, `EntityTooLarge`, `InvalidDigest`, or the full-store error, always
 * with the rest of the body drained. A client that goes away leaves nothing behind.
 */
export async function receiveBody(call: OssCall): Promise<ReceivedBody> {
  const announced = headerOf(call, "content-length");
  if (announced === undefined && headerOf(call, "transfer-encoding") === undefined) {
    throw ossError("MissingContentLength");
  }
  if (Number(announced ?? 0) > bodyLimitBytes) throw ossError("EntityTooLarge");
  return receiveBatches(call, passingBatches(call.incoming, bodySpoilingOf(call)));
}

/** As {@link receiveBody}, from bytes cut out of the body. */
export async function receiveBatches(
  call: OssCall,
  batches: AsyncIterable<readonly Buffer[]>,
): Promise<ReceivedBody> {
  const digest = new RunningDigest();
  const writer = await call.world.oss.blobs.create().catch((error: unknown) => {
    digest.finish();
    throw mapStoreError(call, error);
  });
  try {
    let length = 0;
    for await (const batch of batches) {
      const bytes = batch.reduce((sum, piece) => sum + piece.length, 0);
      length += bytes;
      call.onReceived(bytes);
      if (length > bodyLimitBytes) throw ossError("EntityTooLarge");
      if (call.effect?.kind === "storeFull") throw new StoreFullError("a fault says that the store is full");
      // The disk works on the pieces while the processor hashes them.
      await Promise.all([writer.writeAll(batch), digest.update(batch)]);
    }
    const result = digest.finish();
    const claimed = headerOf(call, "content-md5");
    if (claimed !== undefined && claimed !== result.md5Base64) {
      throw ossError("InvalidDigest", { elements: { ClientContentMd5: claimed } });
    }
    return { content: await writer.finish(), digest: result };
  } catch (error) {
    digest.finish();
    await writer.discard();
    await drainBody(call.incoming);
    throw mapStoreError(call, error);
  }
}

/** What slows or ends the reading of a call's body: a fault, or the caller's own limit. */
export function bodySpoilingOf(call: OssCall): BodySpoiling {
  if (call.effect?.kind === "reset") return { resetAfterBytes: call.effect.afterBytes };
  if (call.effect?.kind === "slow") return { bytesPerSecond: call.effect.bytesPerSecond };
  const limit = trafficLimitOf(call);
  return limit === undefined ? {} : { bytesPerSecond: limit };
}

function mapStoreError(call: OssCall, error: unknown): unknown {
  if (!isStoreFull(error)) return error;
  if (!(error instanceof StoreFullError)) {
    return ossError("InternalError", { message: "The disk under the simulator is full." });
  }
  const { status, code } = call.world.options.switches.fullStore;
  return new OssError(code, { status, message: "The store is full." });
}
