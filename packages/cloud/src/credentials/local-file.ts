import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { chmod, open, realpath, rename, rm } from "node:fs/promises";
import { SampanError } from "@sampan/core";

/** A small file of the user. */
export interface LocalFile {
  readonly text: string;
  /** True when people other than its owner may read it; never so on Windows, where modes say nothing. */
  readonly readableByOthers: boolean;
}

const maxBytes = 1024 * 1024;

/**
 * Reads a small text file, through a link as well; `undefined` when there is none.
 *
 * @throws `CLOUD_CREDENTIALS_INVALID` naming the path, never a byte of it, for what is no plain file, larger than 1 MiB or may not be read.
 */
export async function readLocalFile(path: string): Promise<LocalFile | undefined> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    // Non-blocking: a pipe in the file's place must not hold the program up.
    file = await open(path, fsReadNonBlocking);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw unfit(path, `cannot be opened (${code ?? "unknown"})`);
  }
  try {
    const info = await file.stat();
    if (!info.isFile()) throw unfit(path, "is no file");
    if (info.size > maxBytes) throw unfit(path, "is larger than 1 MiB");
    const bytes = Buffer.alloc(info.size);
    const { bytesRead } = await file.read(bytes, 0, info.size, 0);
    return {
      text: bytes
        .subarray(0, bytesRead)
        .toString("utf8")
        .replace(/^\uFEFF/, ""),
      readableByOthers: process.platform !== "win32" && (info.mode & 0o044) !== 0,
    };
  } finally {
    await file.close();
  }
}

const fsReadNonBlocking = process.platform === "win32" ? "r" : constants.O_RDONLY | constants.O_NONBLOCK;

/** Writes a file beside the old one, mode 0600, and puts it in its place; a link stays a link. */
export async function replaceLocalFile(path: string, text: string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const beside = `${target}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    const file = await open(beside, "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await chmod(beside, 0o600);
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true });
    throw unfit(path, `cannot be written (${(error as NodeJS.ErrnoException).code ?? "unknown"})`);
  }
}

function unfit(path: string, found: string): SampanError {
  return new SampanError("CLOUD_CREDENTIALS_INVALID", `reading credentials: ${path} ${found}`, {
    details: { path },
  });
}
