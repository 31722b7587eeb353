import { invalidArgument, type OssHandler, requireBucket, xmlAnswer } from "../call.ts";
import {
  keepElements,
  malformed,
  onlyChild,
  onlyInteger,
  onlyText,
  readDocument,
} from "../configuration/read-document.ts";
import { ossError } from "../errors.ts";
import { xmlList } from "../xml.ts";

const routingRuleLimit = 20;

/**
 * Keeps the website settings of a bucket: index page, error page, routing rules. They are given back as they came and
 * change nothing about how the simulator answers.
 */
export const putBucketWebsite: OssHandler = async (call) => {
  requireBucket(call, "own");
  const document = await readDocument(call, "WebsiteConfiguration");
  const website = keepElements(document, ["IndexDocument", "ErrorDocument", "RoutingRules"]);
  const index = onlyChild(document, "IndexDocument");
  const error = onlyChild(document, "ErrorDocument");
  const routing = onlyChild(document, "RoutingRules");
  if (!index && !error && !routing) throw malformed("The website has neither pages nor routing rules.");
  if (index) {
    const suffix = onlyText(index, "Suffix") ?? "";
    if (suffix === "" || suffix.includes("/")) throw invalidArgument("Suffix", suffix);
  }
  if (error && !onlyText(error, "Key")) throw invalidArgument("Key", "");
  if (routing) checkRoutingRules(xmlList(routing, "RoutingRule"));
  await call.world.oss.configureBucket(call.bucketName, { website });
  return { status: 200 };
};

function checkRoutingRules(rules: ReturnType<typeof xmlList>): void {
  if (rules.length > routingRuleLimit)
    throw malformed(`There are more than ${routingRuleLimit} routing rules.`);
  const numbers = new Set<number>();
  for (const rule of rules) {
    if (typeof rule === "string") throw malformed("A RoutingRule is empty.");
    const number = onlyInteger(rule, "RuleNumber", { min: 1, max: 2_147_483_647 });
    if (number === undefined || numbers.has(number))
      throw invalidArgument("RuleNumber", String(number ?? ""));
    numbers.add(number);
    if (!onlyChild(rule, "Condition")) throw malformed("A RoutingRule has no Condition.");
    const redirect = onlyChild(rule, "Redirect");
    const type = redirect && onlyText(redirect, "RedirectType");
    if (!type || !["Mirror", "External", "AliCDN", "Internal"].includes(type)) {
      throw invalidArgument("RedirectType", type ?? "");
    }
  }
}

/** The website settings of a bucket; `NoSuchWebsiteConfiguration` when there are none. */
export const getBucketWebsite: OssHandler = async (call) => {
  const website = requireBucket(call, "own").configuration?.website;
  if (!website) throw ossError("NoSuchWebsiteConfiguration", { elements: { BucketName: call.bucketName } });
  return xmlAnswer("WebsiteConfiguration", website);
};

/** Removes the website settings of a bucket. */
export const deleteBucketWebsite: OssHandler = async (call) => {
  requireBucket(call, "own");
  await call.world.oss.configureBucket(call.bucketName, { website: undefined });
  return { status: 204 };
};
