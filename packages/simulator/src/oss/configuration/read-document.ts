import { createHash } from "node:crypto";
import { readWholeBody } from "../../http/body.ts";
import { headerOf, type OssCall } from "../call.ts";
import { ossError } from "../errors.ts";
import { type ParsedXml, readXml, xmlList, xmlText } from "../xml.ts";
import type { StoredXml, StoredXmlChildren, Tag } from "./records.ts";

const documentLimitBytes = 1024 * 1024;

/** Children of a parsed element. */
export type XmlParent = Readonly<Record<string, ParsedXml | readonly ParsedXml[]>>;

/**
 * Reads the document of a bucket's configuration: at most 1 MiB, with that root. Throws `InvalidDigest` when its MD5
 * is not the one announced, and `MalformedXML`.
 */
export async function readDocument(call: OssCall, root: string): Promise<XmlParent> {
  const body = await readWholeBody(call.incoming, documentLimitBytes);
  const claimed = headerOf(call, "content-md5");
  if (claimed !== undefined && claimed !== createHash("md5").update(body).digest("base64")) {
    throw ossError("InvalidDigest", { elements: { ClientContentMd5: claimed } });
  }
  return readXml(body.toString("utf8"), root);
}

/** `MalformedXML` that says which element is wrong. */
export function malformed(what: string): Error {
  return ossError("MalformedXML", { message: what });
}

/** The one child of a name as children; `undefined` when absent, `MalformedXML` when there are several. */
export function onlyChild(parent: XmlParent, name: string): XmlParent | undefined {
  const [child, ...others] = xmlList(parent, name);
  if (others.length > 0) throw malformed(`There is more than one ${name}.`);
  if (child === undefined) return undefined;
  return typeof child === "string" ? {} : child;
}

/** The text of the one child of a name; `undefined` when absent, `MalformedXML` when it is no text or there are several. */
export function onlyText(parent: XmlParent, name: string): string | undefined {
  if (parent[name] === undefined) return undefined;
  const text = xmlText(parent, name);
  if (text === undefined) throw malformed(`${name} is not one text.`);
  return text;
}

/** Texts of all children of a name. */
export function texts(parent: XmlParent, name: string): readonly string[] {
  return xmlList(parent, name).map((child) => {
    if (typeof child !== "string") throw malformed(`${name} is not a text.`);
    return child;
  });
}

/** A whole number; `undefined` when absent, `MalformedXML` when it is none of that range. */
export function onlyInteger(
  parent: XmlParent,
  name: string,
  range: { readonly min: number; readonly max: number },
): number | undefined {
  const text = onlyText(parent, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d{1,10}$/.test(text) || value < range.min || value > range.max) {
    throw malformed(`${name} is not a whole number from ${range.min} to ${range.max}.`);
  }
  return value;
}

/** `true` or `false`; `undefined` when absent. */
export function onlyFlag(parent: XmlParent, name: string): boolean | undefined {
  const text = onlyText(parent, name)?.toLowerCase();
  if (text === undefined) return undefined;
  if (text !== "true" && text !== "false") throw malformed(`${name} is neither true nor false.`);
  return text === "true";
}

/** The `Tag` children of an element. */
export function readTags(parent: XmlParent): readonly Tag[] {
  return xmlList(parent, "Tag").map((tag) => {
    const key = xmlText(tag, "Key");
    if (key === undefined) throw malformed("A Tag has no Key.");
    return { key, value: xmlText(tag, "Value") ?? "" };
  });
}

/** Keeps elements as they came; `MalformedXML` when a name is not among those allowed. */
export function keepElements(parent: XmlParent, allowed: readonly string[]): StoredXmlChildren {
  const unknown = Object.keys(parent).find((name) => !allowed.includes(name));
  if (unknown !== undefined) throw malformed(`${unknown} is not expected here.`);
  return parent as Readonly<Record<string, StoredXml>>;
}
