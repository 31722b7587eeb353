import { invalidArgument } from "../call.ts";
import { type ParsedXml, type XmlChildren, xmlList } from "../xml.ts";
import { malformed, onlyInteger, texts, type XmlParent } from "./read-document.ts";
import type { CorsRule } from "./records.ts";

const ruleLimit = 20;
const methods = ["GET", "PUT", "DELETE", "POST", "HEAD"];

/** What a web page asks for, from its preflight or its actual request. */
export interface CorsQuestion {
  readonly origin: string;
  readonly method: string;
  /** In lower case. */
  readonly headers: readonly string[];
}

/** Reads the rules of a CORSConfiguration. Source: vendor page PutBucketCors, 2025: up to 20 rules, one `*` each. */
export function readCorsRules(document: XmlParent): readonly CorsRule[] {
  const rules = xmlList(document, "CORSRule").map(readRule);
  if (rules.length === 0) throw malformed("There is no CORSRule.");
  if (rules.length > ruleLimit) throw malformed(`There are more than ${ruleLimit} rules.`);
  return rules;
}

function readRule(node: ParsedXml): CorsRule {
  if (typeof node === "string") throw malformed("A CORSRule is empty.");
  const rule = {
    allowedOrigins: texts(node, "AllowedOrigin"),
    allowedMethods: texts(node, "AllowedMethod"),
    allowedHeaders: texts(node, "AllowedHeader"),
    exposeHeaders: texts(node, "ExposeHeader"),
    maxAgeSeconds: onlyInteger(node, "MaxAgeSeconds", { min: 0, max: 999_999_999 }) ?? null,
  };
  if (rule.allowedOrigins.length === 0) throw malformed("A CORSRule has no AllowedOrigin.");
  if (rule.allowedMethods.length === 0) throw malformed("A CORSRule has no AllowedMethod.");
  const method = rule.allowedMethods.find((name) => !methods.includes(name));
  if (method !== undefined) throw invalidArgument("AllowedMethod", method);
  for (const pattern of [...rule.allowedOrigins, ...rule.allowedHeaders]) {
    if (pattern === "" || pattern.split("*").length > 2) throw invalidArgument("AllowedOrigin", pattern);
  }
  const exposed = rule.exposeHeaders.find((name) => name.includes("*"));
  if (exposed !== undefined) throw invalidArgument("ExposeHeader", exposed);
  return rule;
}

/** The first rule that allows what a page asks for. */
export function matchingCorsRule(rules: readonly CorsRule[], question: CorsQuestion): CorsRule | undefined {
  return rules.find(
    (rule) =>
      rule.allowedMethods.includes(question.method) &&
      rule.allowedOrigins.some((pattern) => fits(pattern, question.origin)) &&
      question.headers.every((name) =>
        rule.allowedHeaders.some((pattern) => fits(pattern.toLowerCase(), name)),
      ),
  );
}

/** The headers by which a browser lets the page have the answer. */
export function corsHeaders(
  rule: CorsRule,
  question: CorsQuestion,
  responseVary: boolean,
): Record<string, string> {
  const anyOrigin = rule.allowedOrigins.includes("*");
  const headers: Record<string, string> = {
    "Access-Control-Allow-Origin": anyOrigin ? "*" : question.origin,
    "Access-Control-Allow-Methods": rule.allowedMethods.join(", "),
  };
  if (question.headers.length > 0) headers["Access-Control-Allow-Headers"] = question.headers.join(", ");
  if (rule.exposeHeaders.length > 0) headers["Access-Control-Expose-Headers"] = rule.exposeHeaders.join(", ");
  if (rule.maxAgeSeconds !== null) headers["Access-Control-Max-Age"] = String(rule.maxAgeSeconds);
  if (responseVary || !anyOrigin) headers.Vary = "Origin";
  return headers;
}

/** A rule as GetBucketCors shows it. */
export function corsRuleElement(rule: CorsRule): XmlChildren {
  return {
    AllowedOrigin: rule.allowedOrigins,
    AllowedMethod: rule.allowedMethods,
    AllowedHeader: rule.allowedHeaders,
    ExposeHeader: rule.exposeHeaders,
    MaxAgeSeconds: rule.maxAgeSeconds ?? undefined,
  };
}

/** Whether a text fits a pattern with at most one `*`. */
function fits(pattern: string, text: string): boolean {
  const star = pattern.indexOf("*");
  if (star < 0) return pattern === text;
  const before = pattern.slice(0, star);
  const behind = pattern.slice(star + 1);
  return text.length >= pattern.length - 1 && text.startsWith(before) && text.endsWith(behind);
}
