import { SampanError } from "@sampan/core";
import { XMLParser } from "fast-xml-parser";
import { plainText } from "../plain-text.ts";

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  textNodeName: "#text",
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: true,
  // No entities of the document's own: they are how small documents become large ones.
  processEntities: { enabled: true, maxTotalExpansions: 100_000, maxExpandedLength: 1_000_000 },
  // Windows writes characters by number as well, which belong to this set.
  htmlEntities: true,
  isArray: (name: string) => name === "Stream" || name === "Selector",
});

/** An element: its children by name without prefix, its attributes with an at sign before theirs. */
export type XmlElement = Readonly<Record<string, unknown>>;

/** A fault of WinRM. */
export interface Fault {
  /** Number of `WSManFault`, such as 2150858793; `null` without one. */
  readonly code: number | null;
  /** What the host says of it, without control characters, at most 500 characters. */
  readonly reason: string;
}

/** The answer is not there yet: ask again (`ERROR_WSMAN_OPERATION_TIMEDOUT`, 0x80338029). */
export const operationTimedOut = 2_150_858_793;

/**
 * Reads an envelope: its body, or the fault in it.
 *
 * @param messageId the id of the request, which the answer must relate to.
 * @throws `HOST_ANSWER_INVALID` when it is no SOAP, declares a document type, or answers another request.
 */
export function readAnswer(
  text: string,
  messageId: string,
): { readonly body: XmlElement } | { readonly fault: Fault } {
  if (/<!DOCTYPE/i.test(text)) throw invalidAnswer("it declares a document type");
  let document: unknown;
  try {
    document = parser.parse(text);
  } catch (error) {
    throw invalidAnswer("it is no sound XML", error);
  }
  const envelope = child(document, "Envelope");
  const body = child(envelope, "Body");
  if (envelope === undefined) throw invalidAnswer("it is no SOAP envelope");
  const fault = child(body, "Fault");
  if (fault !== undefined) return { fault: readFault(fault) };
  const relatesTo = textOf(child(child(envelope, "Header"), "RelatesTo"));
  if (relatesTo?.toUpperCase() !== messageId.toUpperCase()) {
    throw invalidAnswer("it answers another request");
  }
  return { body: isElement(body) ? body : {} };
}

function readFault(fault: unknown): Fault {
  const detail = child(child(fault, "Detail"), "WSManFault");
  const code = attribute(detail, "Code");
  const message = child(detail, "Message");
  const said =
    textOf(child(child(fault, "Reason"), "Text")) ??
    textOf(message) ??
    textOf(child(child(message, "ProviderFault"), "WSManFault")) ??
    "no reason given";
  return {
    code: code !== undefined && /^\d{1,10}$/.test(code) ? Number(code) : null,
    reason: plainText(said).replace(/\s+/g, " ").slice(0, 500),
  };
}

export function isElement(value: unknown): value is XmlElement {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A child by name; `undefined` when there is none. An element without content is an empty text. */
export function child(element: unknown, name: string): unknown {
  return isElement(element) && Object.hasOwn(element, name) ? element[name] : undefined;
}

/** All children by a name that is always a list. */
export function children(element: unknown, name: string): readonly unknown[] {
  const found = child(element, name);
  return Array.isArray(found) ? found : [];
}

export function attribute(element: unknown, name: string): string | undefined {
  const value = child(element, `@${name}`);
  return typeof value === "string" ? value : undefined;
}

export function textOf(element: unknown): string | undefined {
  if (typeof element === "string") return element;
  const text = child(element, "#text");
  return typeof text === "string" ? text : undefined;
}

export function invalidAnswer(found: string, cause?: unknown): SampanError {
  return new SampanError("HOST_ANSWER_INVALID", `reading an answer of WinRM: ${found}`, {
    ...(cause === undefined ? {} : { cause }),
  });
}
