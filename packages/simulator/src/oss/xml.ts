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

/**
 * Escapes text for an element. Control characters, which keys may hold, stand as they are, though XML 1.0 does not allow
 * them: it has no other way to write them, and clients such as ali-oss read them. `encoding-type=url` avoids them.
 */
function escapeXml(text: string): string {
  return text
    .replace(/[\0\ufffe\uffff]/g, "\ufffd")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/\r/g, "&#13;");
}

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  // Entities of the document's own are how small documents become large ones: only the five of XML and references are read.
  processEntities: false,
  htmlEntities: false,
  // Blanks at the ends of a key are part of it; everywhere else they are how the document is laid out.
  tagValueProcessor: (name, value) => unescapeXml(name === "Key" ? value : value.trim()),
});

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(
    /&(?:#(\d{1,7})|#x([\da-fA-F]{1,6})|(amp|lt|gt|quot|apos));/g,
    (whole, decimal, hex, name) => {
      if (name !== undefined) return entities[name] ?? whole;
      const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return point <= 0x10ffff ? String.fromCodePoint(point) : "\ufffd";
    },
  );
}

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
