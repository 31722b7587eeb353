import { XMLParser, XMLValidator } from "fast-xml-parser";
import { ossError } from "./errors.ts";

/** Content of an XML element: text, child elements, or several elements of one name. */
export type XmlNode = string | number | boolean | XmlChildren | readonly XmlNode[] | undefined;

/** Child elements in order; `undefined` leaves one out, a list repeats it. */
export interface XmlChildren {
  readonly [name: string]: XmlNode;
}

/** Writes a document with one root, on one line, text escaped. */
export function writeXml(root: string, children: XmlChildren): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(root, children)}\n`;
}

function element(name: string, node: XmlNode): string {
  if (node === undefined) return "";
  if (Array.isArray(node)) return node.map((item: XmlNode) => element(name, item)).join("");
  if (typeof node === "object") {
    const inner = Object.entries(node as XmlChildren).map(([child, value]) => element(child, value));
    return `<${name}>${inner.join("")}</${name}>`;
  }
  return `<${name}>${escapeXml(String(node))}</${name}>`;
}

/** Escapes text for an element. Characters XML cannot hold become U+FFFD. */
function escapeXml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters XML 1.0 forbids.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
      .replace(/&/g, "&amp;")
      .replace(/</g, "&lt;")
      .replace(/>/g, "&gt;")
      .replace(/\r/g, "&#13;")
  );
}

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: true,
  // No entities of the document's own: they are how small documents become large ones.
  processEntities: { enabled: true, maxTotalExpansions: 1_000_000, maxExpandedLength: 16 * 1024 * 1024 },
  htmlEntities: false,
});

/** A parsed element: text, or children, each one or a list. */
export type ParsedXml = string | { readonly [name: string]: ParsedXml | readonly ParsedXml[] };

/** Reads a request's document and returns the content of its root; `MalformedXML` when there is none of that name. */
export function readXml(
  text: string,
  root: string,
): { readonly [name: string]: ParsedXml | readonly ParsedXml[] } {
  if (/<!DOCTYPE/i.test(text) || XMLValidator.validate(text) !== true) throw ossError("MalformedXML");
  let document: Record<string, ParsedXml>;
  try {
    document = parser.parse(text) as Record<string, ParsedXml>;
  } catch {
    throw ossError("MalformedXML");
  }
  const content = document[root];
  if (content === undefined) throw ossError("MalformedXML", { message: `The root element is not ${root}.` });
  return typeof content === "string" ? {} : content;
}

/** The children of one name, as a list. */
export function xmlList(
  parent: { readonly [name: string]: ParsedXml | readonly ParsedXml[] },
  name: string,
): readonly ParsedXml[] {
  const child = parent[name];
  if (child === undefined) return [];
  return Array.isArray(child) ? (child as readonly ParsedXml[]) : [child as ParsedXml];
}

/** The text of a child; `undefined` when it is absent or no text. */
export function xmlText(parent: ParsedXml, name: string): string | undefined {
  if (typeof parent === "string") return undefined;
  const child = parent[name];
  return typeof child === "string" ? child : undefined;
}
