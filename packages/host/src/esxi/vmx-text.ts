import { SampanError } from "@sampan/core";

/** Largest file that is read as text of a machine; real ones have a few kilobytes. */
export const vmxLimitBytes = 1024 * 1024;

/**
 * Reads a machine's own files (`.vmx`, `.vmsd`): lines of `key = "value"`. Keys are given in small letters, values with their escapes
 * (`|22` for a quotation mark) undone. Lines that are none of these are passed over, as VMware's own programs do.
 *
 * These files are read rather than what `vim-cmd` prints of a machine, because there each value keeps to its line: in what is
 * printed a note may hold lines that look like other fields.
 */
export function parseVmxText(bytes: Uint8Array): ReadonlyMap<string, string> {
  const lines = decode(bytes).split(/\r?\n/);
  const values = new Map<string, string>();
  for (const line of lines) {
    const match = /^[ \t]{0,16}([\w.:-]{1,200})[ \t]{0,16}=[ \t]{0,16}"([^"]*)"[ \t]{0,16}$/.exec(line);
    const [, key = "", value = ""] = match ?? [];
    // The first one counts for VMware too.
    if (match && !values.has(key.toLowerCase())) values.set(key.toLowerCase(), unescaped(value));
  }
  return values;
}

/** Escapes are bytes of UTF-8, `|E6|95|B0`. */
function unescaped(value: string): string {
  return value.replace(/(?:\|[0-9A-F]{2})+/gi, (escapes) =>
    new TextDecoder().decode(
      Uint8Array.from(escapes.slice(1).split("|"), (byte) => Number.parseInt(byte, 16)),
    ),
  );
}

function decode(bytes: Uint8Array): string {
  if (bytes.length > vmxLimitBytes) {
    throw new SampanError(
      "HOST_ANSWER_TOO_LONG",
      `reading the configuration of a virtual machine: ${bytes.length} bytes`,
    );
  }
  const plain = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  const label = /^\.encoding = "([\w.-]{1,32})"/im.exec(plain.slice(0, 4096))?.[1] ?? "utf-8";
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    // An encoding Node does not know, or bytes that are not in it.
    return new TextDecoder().decode(bytes);
  }
}
