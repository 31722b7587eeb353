import { readWholeBody } from "../../http/body.ts";
import { beginThawing, extendThawing, isArchiveClass, restoreLimits, thawingState } from "../archive.ts";
import { versionHeaders } from "../attributes.ts";
import { type OssHandler, requireBucket, requireObject } from "../call.ts";
import { ossError } from "../errors.ts";
import { readXml, xmlList, xmlText } from "../xml.ts";

const bodyLimitBytes = 64 * 1024;

/**
 * Asks for an archived object: 202 and it thaws in simulated time; 200 when it is thawed already, which it then stays
 * longer. `RestoreAlreadyInProgress` while it thaws; `OperationNotSupported` for classes that are read as they are.
 */
export const restoreObject: OssHandler = async (call) => {
  requireBucket(call, "write");
  const object = requireObject(call);
  const { storageClass } = object;
  if (!isArchiveClass(storageClass)) {
    throw ossError("OperationNotSupported", { elements: { StorageClass: storageClass } });
  }
  const body = (await readWholeBody(call.incoming, bodyLimitBytes)).toString("utf8");
  const { days, tier } = readRequest(body, storageClass);
  const nowMs = call.world.clock.now();
  let status = 202;
  await call.world.oss.changeVersion(object, (current) => {
    const state = thawingState(current, nowMs);
    if (state === "thawing") throw ossError("RestoreAlreadyInProgress");
    if (state === "frozen" || !current.thawing) {
      return { ...current, thawing: beginThawing(storageClass, tier, days, nowMs) };
    }
    status = 200;
    return { ...current, thawing: extendThawing(current.thawing, days, nowMs) };
  });
  const priority: Record<string, string> =
    storageClass === "Archive" ? {} : { "x-oss-object-restore-priority": tier };
  return { status, headers: { ...versionHeaders(call, object), ...priority } };
};

function readRequest(body: string, storageClass: string): { readonly days: number; readonly tier: string } {
  if (body.trim() === "") return { days: 1, tier: "Standard" };
  const { longestDays, tiers } = restoreLimits(storageClass);
  const request = readXml(body, "RestoreRequest");
  const days = Number(xmlText(request, "Days") ?? "1");
  const [parameters] = xmlList(request, "JobParameters");
  const tier = (parameters === undefined ? undefined : xmlText(parameters, "Tier")) ?? "Standard";
  if (!Number.isInteger(days) || days < 1 || days > longestDays || !tiers.includes(tier)) {
    throw ossError("MalformedXML", {
      message: `Days must be 1 to ${longestDays}, and Tier one of ${tiers.join(", ")}.`,
    });
  }
  return { days, tier };
}
