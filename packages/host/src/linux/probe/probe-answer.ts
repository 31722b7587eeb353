import { gunzipSync } from "node:zlib";
import { MiB, SampanError } from "@sampan/core";
import { probeVersion } from "./probe-script.ts";

/** What is at a path of a host; links are not followed. */
export type ProbedKind = "file" | "folder" | "link" | "other" | "absent";

/** Properties of a block device, by the names of their files in `/sys`. */
export type BlockProperties = ReadonlyMap<string, string>;

/** The beginning of a file. */
export interface ProbedBytes {
  readonly bytes: Uint8Array;
  /** Where it was cut, had it been longer. */
  readonly limitBytes: number;
}

/** Everything one answer of the probe says. Paths are absolute, as the host sees them. */
export interface ProbeAnswer {
  readonly nodes: ReadonlyMap<string, { readonly kind: ProbedKind; readonly goal: string }>;
  /** Folders whose names are all among the nodes. */
  readonly listed: ReadonlySet<string>;
  readonly contents: ReadonlyMap<string, ProbedBytes>;
  /** What is there and cannot be read, even by root. */
  readonly unreadable: ReadonlySet<string>;
  readonly host: ReadonlyMap<string, string>;
  readonly blocks: ReadonlyMap<string, BlockProperties>;
  /** Block devices each lies on, by their names. */
  readonly slaves: ReadonlyMap<string, readonly string[]>;
  /** Links of `/dev/disk/by-id` by the device they lead to. */
  readonly byId: ReadonlyMap<string, readonly string[]>;
  /** Lines of `/proc/mounts` for the system's own folders, in order. */
  readonly mounts: readonly { readonly from: string; readonly at: string; readonly type: string }[];
  /** Major and minor number of each mounted device file: `8:1`. */
  readonly numbers: ReadonlyMap<string, string>;
  readonly use: readonly ProbedUse[];
  readonly pieces: readonly { readonly disk: string; readonly offset: number; readonly bytes: Uint8Array }[];
}

/** How full a mounted file system is, as `df` says. */
export interface ProbedUse {
  readonly mountPoint: string;
  readonly device: string;
  readonly sizeBytes: number;
  readonly usedBytes: number;
  readonly inodes: { readonly total: number; readonly used: number } | null;
}

/** An answer is at most so long once unpacked; a first look at a large host takes some 10 MB. */
const maxAnswerBytes = 128 * MiB;
/** More records no host has a reason to send. */
const maxRecords = 400_000;
const maxPathLength = 4096;

/** How many fields follow each word. */
const fieldCounts: Readonly<Record<string, number>> = {
  node: 3,
  listed: 1,
  unread: 1,
  bytes: 3,
  host: 2,
  block: 3,
  "by-id": 2,
  mount: 3,
  device: 2,
  use: 4,
  piece: 3,
  missing: 1,
};

/**
 * Reads an answer of the probe.
 *
 * @param from completes "reading what … answered".
 * @throws `HOST_ANSWER_INVALID` for what is no answer or not whole, `HOST_ANSWER_TOO_LONG`, and `HOST_TOOL_MISSING` when the
 * host has nothing that writes bytes as text.
 */
export function parseProbeAnswer(said: Uint8Array, from: string): ProbeAnswer {
  const fields = new Fields(unpacked(said, from), from);
  if (fields.next() !== "sampan-probe") fields.refuse("it does not begin as an answer does");
  if (fields.next() !== probeVersion) fields.refuse("it is of another version");
  const nodes = new Map<string, { kind: ProbedKind; goal: string }>();
  const listed = new Set<string>();
  const contents = new Map<string, ProbedBytes>();
  const unreadable = new Set<string>();
  const host = new Map<string, string>();
  const blocks = new Map<string, Map<string, string>>();
  const slaves = new Map<string, string[]>();
  const byId = new Map<string, string[]>();
  const mounts: ProbeAnswer["mounts"][number][] = [];
  const numbers = new Map<string, string>();
  const use: ProbedUse[] = [];
  const pieces: ProbeAnswer["pieces"][number][] = [];
  for (let count = 0; ; count++) {
    const word = fields.next();
    if (word === "end") break;
    if (count > maxRecords) fields.refuse(`it has more than ${maxRecords} records`);
    const length = Object.hasOwn(fieldCounts, word) ? (fieldCounts[word] as number) : undefined;
    if (length === undefined) fields.refuse("it holds a record that is not known");
    const [first = "", second = "", third = "", fourth = ""] = Array.from({ length: length as number }, () =>
      fields.next(),
    );
    if (word === "node") nodes.set(path(second, fields), { kind: kindOf(first, fields), goal: third });
    else if (word === "listed") listed.add(path(first, fields));
    else if (word === "unread") unreadable.add(path(first, fields));
    else if (word === "bytes") {
      const limitBytes = number(second, fields);
      contents.set(path(first, fields), { bytes: bytesOf(third, limitBytes, fields), limitBytes });
    } else if (word === "host") host.set(first, second);
    else if (word === "block" && second === "slave") push(slaves, first, third);
    else if (word === "block") {
      const known = blocks.get(first) ?? new Map<string, string>();
      blocks.set(first, known.set(second, third.trim()));
    } else if (word === "by-id") push(byId, first, second);
    else if (word === "mount") mounts.push({ from: unescaped(first), at: unescaped(second), type: third });
    else if (word === "device") numbers.set(unescaped(first), second);
    else if (word === "use") {
      const one = useOf(first, second, third, fourth);
      if (one !== undefined) use.push(one);
    } else if (word === "piece") {
      const offset = number(second, fields) * 4096;
      pieces.push({ disk: first, offset, bytes: bytesOf(third, maxAnswerBytes, fields) });
    } else if (word === "missing") {
      throw new SampanError("HOST_TOOL_MISSING", `looking at ${from}: it has neither od nor hexdump`, {
        hint: "Install coreutils, or the applet `od` of busybox.",
      });
    }
  }
  return {
    nodes,
    listed,
    contents,
    unreadable,
    host,
    blocks,
    slaves,
    byId,
    mounts,
    numbers,
    use,
    pieces,
  };
}

/** The fields of an answer, one after the other. */
class Fields {
  readonly #bytes: Uint8Array;
  readonly #from: string;
  readonly #decoder = new TextDecoder();
  #at = 0;

  constructor(bytes: Uint8Array, from: string) {
    this.#bytes = bytes;
    this.#from = from;
  }

  next(): string {
    const end = this.#bytes.indexOf(0, this.#at);
    if (end < 0) this.refuse("it breaks off");
    const text = this.#decoder.decode(this.#bytes.subarray(this.#at, end));
    this.#at = end + 1;
    return text;
  }

  refuse(what: string): never {
    throw new SampanError(
      "HOST_ANSWER_INVALID",
      `reading what ${this.#from} answered to the probe: ${what}`,
      {
        details: { offset: this.#at, lengthBytes: this.#bytes.length },
      },
    );
  }
}

function unpacked(said: Uint8Array, from: string): Uint8Array {
  if (said[0] !== 0x1f || said[1] !== 0x8b) return said;
  try {
    return gunzipSync(said, { maxOutputLength: maxAnswerBytes });
  } catch (cause) {
    const isLong = (cause as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE";
    throw isLong
      ? new SampanError(
          "HOST_ANSWER_TOO_LONG",
          `reading what ${from} answered to the probe: it unpacks to more than ${maxAnswerBytes} bytes`,
        )
      : new SampanError(
          "HOST_ANSWER_INVALID",
          `reading what ${from} answered to the probe: it cannot be unpacked`,
          {
            cause,
          },
        );
  }
}

const kinds: readonly string[] = ["file", "folder", "link", "other", "absent"] satisfies ProbedKind[];

function kindOf(text: string, fields: Fields): ProbedKind {
  return kinds.includes(text)
    ? (text as ProbedKind)
    : fields.refuse("it names a kind of file that is not known");
}

function path(text: string, fields: Fields): string {
  if (!text.startsWith("/") || text.length > maxPathLength) fields.refuse("it holds a path that is none");
  return text;
}

function number(text: string, fields: Fields): number {
  return /^\d{1,13}$/.test(text) ? Number(text) : fields.refuse("it holds a number that is none");
}

/** Digits with space between them. */
function bytesOf(text: string, limitBytes: number, fields: Fields): Uint8Array {
  const digits = text.replace(/[ \n]+/g, "");
  const bytes = Buffer.from(digits, "hex");
  if (bytes.length * 2 !== digits.length) fields.refuse("it holds digits that are none");
  if (bytes.length > limitBytes) fields.refuse("it holds more of a file than was asked for");
  return bytes;
}

/** `/proc/mounts` writes spaces and the like as octal escapes. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

function useOf(mountPoint: string, device: string, kib: string, inodes: string): ProbedUse | undefined {
  const [total, used] = twoNumbers(kib);
  if (total === undefined || used === undefined || !mountPoint.startsWith("/")) return undefined;
  const [all, taken] = twoNumbers(inodes);
  return {
    mountPoint,
    device: unescaped(device),
    sizeBytes: total * 1024,
    usedBytes: used * 1024,
    inodes: all === undefined || taken === undefined || all === 0 ? null : { total: all, used: taken },
  };
}

function twoNumbers(text: string): readonly [number | undefined, number | undefined] {
  const [, first, second] = /^(\d{1,12}) (\d{1,12})$/.exec(text) ?? [];
  return [first === undefined ? undefined : Number(first), second === undefined ? undefined : Number(second)];
}

function push(lists: Map<string, string[]>, key: string, value: string): void {
  const known = lists.get(key);
  if (known) known.push(value);
  else lists.set(key, [value]);
}
