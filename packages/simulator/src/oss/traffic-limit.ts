import { headerOf, invalidArgument, type OssCall, queryOf } from "./call.ts";

const leastBitsPerSecond = 819_200;
const mostBitsPerSecond = 838_860_800;

/**
 * How fast the caller wants to be served, in bytes per second, from the header or parameter `x-oss-traffic-limit` (in bits
 * per second, 819,200 to 838,860,800; `InvalidArgument` otherwise); `undefined` for as fast as can be.
 */
export function trafficLimitOf(call: OssCall): number | undefined {
  const name = "x-oss-traffic-limit";
  const text = headerOf(call, name) ?? queryOf(call, name);
  if (text === undefined) return undefined;
  const bits = Number(text);
  if (!/^\d{1,10}$/.test(text) || bits < leastBitsPerSecond || bits > mostBitsPerSecond) {
    throw invalidArgument(name, text);
  }
  return bits / 8;
}
