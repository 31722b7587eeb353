import type { IncomingHttpHeaders } from "node:http";
import type { Answer } from "../../http/answer.ts";
import type { World } from "../../world.ts";
import { ossError } from "../errors.ts";
import type { OssRequest } from "../request.ts";
import { corsHeaders, matchingCorsRule } from "./cors-rules.ts";

/**
 * Answers a browser's preflight: nobody signs one, so the bucket's rules alone decide. `AccessForbidden` when they do
 * not allow what is asked, or there are none.
 */
export function answerPreflight(world: World, request: OssRequest): Answer {
  const bucketName = request.readings[0]?.bucket ?? "";
  const bucket = world.oss.bucket(bucketName);
  if (!bucket) throw ossError("NoSuchBucket", { elements: { BucketName: bucketName } });
  const { headers } = request;
  const question = {
    origin: headers.origin ?? "",
    method: headers["access-control-request-method"] ?? "",
    headers: (headers["access-control-request-headers"] ?? "")
      .split(",")
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== ""),
  };
  const { rules = [], responseVary = false } = bucket.configuration?.cors ?? {};
  const rule = question.origin === "" ? undefined : matchingCorsRule(rules, question);
  if (!rule) {
    throw ossError("AccessForbidden", {
      elements: { Method: question.method, ResourceType: "OBJECT", Origin: question.origin },
    });
  }
  return { status: 200, headers: corsHeaders(rule, question, responseVary) };
}

/** The headers that let a page of another origin read the answer; none when no rule allows it. */
export function crossOriginHeaders(
  world: World,
  bucketName: string | null,
  method: string | undefined,
  headers: IncomingHttpHeaders,
): Readonly<Record<string, string>> {
  const { origin } = headers;
  const cors = bucketName === null ? undefined : world.oss.bucket(bucketName)?.configuration?.cors;
  if (origin === undefined || !cors || method === undefined || method === "OPTIONS") return {};
  const question = { origin, method, headers: [] };
  const rule = matchingCorsRule(cors.rules, question);
  return rule ? corsHeaders(rule, question, cors.responseVary) : {};
}
