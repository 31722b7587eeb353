import { open } from "node:fs/promises";
import { SampanError, Secret } from "@sampan/core";
import type { SecretSource } from "../plan/sources.ts";

/** Asks the person at the terminal; the text says what for. */
export type AskSecret = (question: string) => Promise<Secret>;

/** Where secrets are looked for. */
export interface SecretWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absent where nobody can be asked. */
  readonly ask?: AskSecret;
}

const longestBytes = 4096;

/**
 * Gets a password from where a plan says it is found; `forWhat` says what it opens.
 *
 * A file is read up to its first line end, and refused when others may read it.
 *
 * @throws `HOST_PASSWORD_MISSING`
 */
export async function readSecret(from: SecretSource, forWhat: string, world: SecretWorld): Promise<Secret> {
  if (from === "ask") {
    if (world.ask !== undefined) return world.ask(forWhat);
    throw missing(`asking for the password of ${forWhat}: there is no terminal to ask at`);
  }
  if ("env" in from) {
    const value = world.env[from.env];
    if (value) return new Secret(value);
    throw missing(`taking the password of ${forWhat} from the environment: ${from.env} is not set`);
  }
  return readSecretFile(from.file, forWhat);
}

async function readSecretFile(path: string, forWhat: string): Promise<Secret> {
  const doing = `taking the password of ${forWhat} from ${path}`;
  try {
    const file = await open(path, "r");
    try {
      // As ssh does with private keys.
      if (((await file.stat()).mode & 0o077) !== 0) {
        throw missing(`${doing}: others than you may read that file`, `Run \`chmod 600\` on it.`);
      }
      const buffer = Buffer.alloc(longestBytes);
      const { bytesRead } = await file.read(buffer, 0, longestBytes, 0);
      const line = /^[^\r\n]*/.exec(buffer.toString("utf8", 0, bytesRead))?.[0] ?? "";
      buffer.fill(0);
      if (line === "") throw missing(`${doing}: its first line is empty`);
      return new Secret(line);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof SampanError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? "an error";
    throw missing(`${doing}: it cannot be read (${code})`);
  }
}

function missing(message: string, hint?: string): SampanError {
  return new SampanError("HOST_PASSWORD_MISSING", message, hint === undefined ? {} : { hint });
}
