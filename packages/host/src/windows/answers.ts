import { type Json, type JsonObject, SampanError } from "@sampan/core";
import type { WindowsAnswers, WindowsQuestions } from "@sampan/guest";
import { plainText } from "../connection/plain-text.ts";

/*
 * What a script answered, as it must be or not at all: the host is not trusted with shapes or sizes.
 */

/** An answer that a script of ours cannot have given. */
export function invalidAnswer(what: string, title: string): SampanError {
  return new SampanError(
    "HOST_ANSWER_INVALID",
    `looking at ${title}: what it says of ${what} cannot be understood`,
  );
}

export function objectOf(value: Json | undefined): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

/** A list, or nothing in it where there is no list. */
export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

export function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return listOf(value)
    .map(objectOf)
    .filter((one) => one !== undefined);
}

/** Text without control characters; `null` for what is none, or empty. */
export function textOf(value: Json | undefined): string | null {
  if (typeof value !== "string") return null;
  const text = plainText(value).slice(0, 1024);
  return text === "" ? null : text;
}

/** A whole number from 0 on that JavaScript holds exactly. */
export function numberOf(value: Json | undefined): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** Kinds of registry values as Windows numbers them. */
const kinds = { text: 1, expandable: 2, binary: 3, number: 4, texts: 7, wideNumber: 11 } as const;

/** What was found in registry and files, in the order of the questions. */
export function readWindowsAnswers(value: Json, questions: WindowsQuestions, title: string): WindowsAnswers {
  const answer = objectOf(value);
  const keys = listOf(answer?.keys);
  const files = listOf(answer?.files);
  if (keys.length !== questions.keys.length || files.length !== questions.files.length) {
    throw invalidAnswer("its registry and files", title);
  }
  return {
    keys: keys.map((one) => {
      const key = objectOf(one);
      return key === undefined
        ? null
        : {
            values: objectsOf(key.values).flatMap(registryValue),
            subkeys: listOf(key.subkeys).filter((name) => typeof name === "string"),
          };
    }),
    files: files.map((one) => {
      const file = objectOf(one);
      if (file === undefined) return null;
      if (typeof file.bytes === "string") return Buffer.from(file.bytes, "base64");
      if (Array.isArray(file.names)) return file.names.filter((name) => typeof name === "string");
      const { kind } = file;
      return kind === "file" || kind === "directory"
        ? { kind, sizeBytes: numberOf(file.size) ?? 0, mode: 0o644 }
        : null;
    }),
  };
}

/** A value with its bytes as the registry holds them; none for one that is not as its kind says. */
function registryValue({ n: name, k: type, d: data }: JsonObject) {
  if (typeof name !== "string" || typeof type !== "number") return [];
  const bytes = valueBytes(type, data);
  return bytes === undefined ? [] : [{ name, type, bytes }];
}

function valueBytes(type: number, data: Json | undefined): Uint8Array | undefined {
  if ((type === kinds.text || type === kinds.expandable) && typeof data === "string") {
    return Buffer.from(`${data}\0`, "utf16le");
  }
  if (type === kinds.binary && typeof data === "string") return Buffer.from(data, "base64");
  if (type === kinds.texts && Array.isArray(data)) {
    const texts = data.filter((one) => typeof one === "string");
    return Buffer.from(`${texts.map((text) => `${text}\0`).join("")}\0`, "utf16le");
  }
  const bytes = Buffer.alloc(8);
  if (type === kinds.number && typeof data === "number" && Number.isSafeInteger(data)) {
    bytes.writeInt32LE(data | 0);
    return bytes.subarray(0, 4);
  }
  if (type === kinds.wideNumber && typeof data === "string" && /^-?\d{1,19}$/.test(data)) {
    bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(data)));
    return bytes;
  }
  return undefined;
}
