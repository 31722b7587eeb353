import { type Json, type JsonObject, SampanError } from "@sampan/core";
import type { Shell } from "../connection/shell.ts";
import { readHostFile, replaceHostFile } from "../linux/files/replace-file.ts";

/** Where a host remembers what was made on it. */
export const recordFolder = "/var/lib/sampan";
export const recordPath = `${recordFolder}/shares.json`;

/** What was made for one share or mount. */
export interface ShareRecord {
  readonly kind: "nfs" | "smb" | "mount";
  /** What it was asked for with; its steps are made anew from it. */
  readonly options: JsonObject;
  /** By id of the step, what is there because of us. */
  readonly made: Readonly<Record<string, Json>>;
}

/** All shares and mounts of a host, by `nfs:images`, `smb:VHD_DIR`, `mount:/mnt/store`. */
export type ShareRecords = Readonly<Record<string, ShareRecord>>;

/** More shares than this no host has; a record with more is not ours. */
const maxShares = 1024;

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isRecord(value: unknown): value is ShareRecord {
  return (
    isObject(value) &&
    (value.kind === "nfs" || value.kind === "smb" || value.kind === "mount") &&
    isObject(value.options) &&
    isObject(value.made)
  );
}

/** The shares a record holds; `undefined` for what is none. */
function sharesOf(text: string): ShareRecords | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(json) || json.version !== 1 || !isObject(json.shares)) return undefined;
  const shares = Object.entries(json.shares);
  if (shares.length > maxShares || !shares.every(([, one]) => isRecord(one))) return undefined;
  return Object.fromEntries(shares) as ShareRecords;
}

const folderScript = `umask 077; mkdir -p /var/lib/sampan && [ -d /var/lib/sampan ] && [ ! -L /var/lib/sampan ]`;

/** Reads what was made on a host; `HOST_SHARE_FAILED` when the record is damaged. */
export async function readShareRecords(shell: Shell, signal?: AbortSignal): Promise<ShareRecords> {
  return (await read(shell, signal)).shares;
}

/** Changes the record of a host in one step; nothing is written where nothing changes. */
export async function changeShareRecords(
  shell: Shell,
  change: (shares: ShareRecords) => ShareRecords,
  signal?: AbortSignal,
): Promise<void> {
  const { text, shares } = await read(shell, signal);
  const changed = change(shares);
  const after = asAscii(`${JSON.stringify({ version: 1, shares: changed }, null, 2)}\n`);
  if (JSON.stringify(changed) === JSON.stringify(shares)) return;
  const { exitCode, stderr } = await shell.script(folderScript, [], {
    asRoot: true,
    ...(signal && { signal }),
  });
  if (exitCode !== 0) {
    throw new SampanError(
      "HOST_SHARE_FAILED",
      `making ${recordFolder} on ${shell.title}: ${stderr || "it is no folder"}`,
    );
  }
  await replaceHostFile(shell, recordPath, text, after, { mode: 0o600, signal });
}

async function read(
  shell: Shell,
  signal: AbortSignal | undefined,
): Promise<{ readonly text: string | undefined; readonly shares: ShareRecords }> {
  const text = await readHostFile(shell, recordPath, signal);
  if (text === undefined) return { text, shares: {} };
  const shares = sharesOf(text);
  if (shares !== undefined) return { text, shares };
  throw new SampanError(
    "HOST_SHARE_FAILED",
    `reading ${recordPath} of ${shell.title}: it is not a record of shares`,
    {
      hint: "Look at the file; move it away when it is damaged. What it named then has to be removed by hand.",
    },
  );
}

/** JSON in ASCII alone: it is the same in every encoding. */
function asAscii(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
