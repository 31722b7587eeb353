import type { ByteRange } from "@sampan/core";
import { headerOf, type OssCall } from "./call.ts";
import { ossError } from "./errors.ts";

/**
 * The range of a GET; `undefined` for the whole object.
 *
 * OSS ignores a range that does not lie wholly inside the object and sends all of it with 200, unless
 * `x-oss-range-behavior: standard` asks for the behaviour of HTTP. Source: vendor page on range requests, 2026-03.
 */
export function readRange(call: OssCall, sizeBytes: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)(?:,.*)?$/.exec(headerOf(call, "range")?.trim() ?? "");
  const [, first = "", last = ""] = match ?? [];
  if (!match || (first === "" && last === "")) return undefined;
  const isStandard = headerOf(call, "x-oss-range-behavior") === "standard";
  const start = first === "" ? sizeBytes - Number(last) : Number(first);
  const end = first === "" || last === "" ? sizeBytes - 1 : Number(last);
  if (start >= 0 && start <= end && end < sizeBytes) return { offset: start, length: end - start + 1 };
  if (!isStandard || end < start) {
    if (isStandard && start >= sizeBytes) throw unsatisfiable(sizeBytes);
    return undefined;
  }
  if (start >= sizeBytes || (first === "" && last === "0")) throw unsatisfiable(sizeBytes);
  const from = Math.max(0, start);
  return { offset: from, length: Math.min(end, sizeBytes - 1) - from + 1 };
}

function unsatisfiable(sizeBytes: number): Error {
  return ossError("InvalidRange", { headers: { "Content-Range": `bytes */${sizeBytes}` } });
}
