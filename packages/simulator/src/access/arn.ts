import { matchesWildcard } from "./wildcard.ts";

/** A resource a call touches. Everything in front of the path is compared part by part. */
export interface Resource {
  readonly service: string;
  /** `cn-hangzhou`; empty for services without regions. */
  readonly region: string;
  readonly accountId: string;
  /** `bucket/key`, `instance/i-…`, `role/name`. */
  readonly path: string;
}

/**
 * Tells whether a resource fits a pattern such as `acs:oss:*:*:bucket/*`.
 *
 * An empty region or account in the pattern fits any, the region may be written with `oss-` in front, and what a pattern
 * with fewer parts means is found by comparing it with the whole name. Names of RAM have no case.
 */
export function matchesResource(pattern: string, resource: Resource): boolean {
  if (pattern === "*") return true;
  const [scheme, service = "", region = "", account = "", ...rest] = pattern.split(":");
  if (scheme !== "acs") return false;
  if (rest.length === 0) {
    const { service: own, region: place, accountId, path } = resource;
    return matchesWildcard(pattern, `acs:${own}:${place}:${accountId}:${path}`);
  }
  const fold = (text: string) => (resource.service === "ram" ? text.toLowerCase() : text);
  return (
    matchesWildcard(service, resource.service) &&
    (region === "" || matchesWildcard(region.replace(/^oss-/, ""), resource.region)) &&
    (account === "" || matchesWildcard(account, resource.accountId)) &&
    matchesWildcard(fold(rest.join(":")), fold(resource.path))
  );
}

/** The name of a resource as messages and diagnoses show it. */
export function describeResource({ service, region, accountId, path }: Resource): string {
  return `acs:${service}:${region || "*"}:${accountId}:${path}`;
}
