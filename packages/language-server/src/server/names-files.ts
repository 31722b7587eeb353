import { constants } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { z } from "zod";
import type { AccountNames } from "../features/known-names.ts";
import type { NamesReader } from "./server-ports.ts";

/*
 * The names that the `sampan` command keeps of accounts, as the manual of the SDK describes their files (reference/names-file.md): ids and
 * names, no key and no token. Read without the SDK, whose code for it reaches for clouds and homes.
 */

const mostFiles = 200;
const mostBytes = 8 * 1024 ** 2;

const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+(-\d+)?$/);
const plain = z
  .string()
  .max(128)
  .regex(/^[^\p{C}\u2028\u2029]*$/u);

/** What is looked at; whatever else a later version of the file holds is left alone. */
const namesFile = z.object({
  v: z.literal(1),
  cloud: z.enum(["simulator", "alibaba"]),
  choices: z.array(z.string().max(4096)).max(20),
  askedAt: z.iso.datetime(),
  buckets: z.array(z.object({ name: plain, region, storageClass: plain })).max(5000),
  zones: z.array(z.object({ zone: plain, region, instanceTypes: z.array(plain).max(5000) })).max(1000),
  images: z.array(z.object({ imageId: plain, region, name: plain })).max(5000),
  missing: z.array(z.object({ what: z.string() })).max(1000),
});

/**
 * Reads the names of accounts from the files of the `sampan` command. A file is read again only when it has changed. What is not the user's
 * own, a link, too large, or of another form counts as none.
 */
export function namesFromFiles(env: Readonly<Record<string, string | undefined>>): NamesReader {
  const folder = join(cacheFolder(env), "names");
  const kept = new Map<string, { readonly stamp: string; readonly names: AccountNames | undefined }>();
  return {
    async read() {
      const names = await readdir(folder).catch(() => []);
      const paths = names.filter((name) => /^[a-z0-9-]{4,80}\.json$/.test(name)).slice(0, mostFiles);
      const found: AccountNames[] = [];
      for (const path of paths.map((name) => join(folder, name))) {
        const about = await stat(path).catch(() => undefined);
        if (about === undefined) continue;
        const stamp = `${about.size} ${about.mtimeMs} ${about.ino}`;
        let entry = kept.get(path);
        if (entry?.stamp !== stamp) {
          entry = { stamp, names: parseNamesFile(await readOwn(path)) };
          kept.set(path, entry);
        }
        if (entry.names !== undefined) found.push(entry.names);
      }
      return found;
    },
  };
}

/** Reads the text of such a file; `undefined` for anything else. */
export function parseNamesFile(text: string | undefined): AccountNames | undefined {
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const read = namesFile.safeParse(value);
  if (!read.success) return undefined;
  const { cloud, choices, askedAt, buckets, zones, images, missing } = read.data;
  const askedAtMs = Date.parse(askedAt);
  const refused = new Set(missing.map(({ what }) => what));
  return {
    cloud,
    reachedBy: choices.map((choice) => / profile (.+)$/.exec(choice)?.[1] ?? null),
    askedAtMs,
    facts: {
      buckets: { complete: !refused.has("buckets"), askedAtMs, items: buckets },
      // Only some regions were asked for theirs.
      zones: { complete: false, askedAtMs, items: zones },
      images: {
        complete: false,
        askedAtMs,
        items: images.map(({ imageId, region: place, name }) => ({ id: imageId, region: place, name })),
      },
    },
  };
}

/** Where the command keeps what it can get again. */
function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  if (env.SAMPAN_CACHE) return env.SAMPAN_CACHE;
  const home = env.HOME || homedir();
  if (process.platform === "win32") {
    return join(env.LOCALAPPDATA || join(home, "AppData", "Local"), "sampan", "cache");
  }
  if (process.platform === "darwin") return join(home, "Library", "Caches", "sampan");
  const xdg = env.XDG_CACHE_HOME;
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, ".cache"), "sampan");
}

async function readOwn(path: string): Promise<string | undefined> {
  // Neither through a link, nor waiting for a pipe.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const file = await open(path, flags).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const about = await file.stat();
    const isForeign =
      process.getuid !== undefined && (about.uid !== process.getuid() || (about.mode & 0o022) !== 0);
    if (!about.isFile() || isForeign || about.size > mostBytes) return undefined;
    const bytes = Buffer.alloc(about.size);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return bytes.toString("utf8", 0, bytesRead);
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
