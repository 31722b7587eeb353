import { open } from "node:fs/promises";
import { SampanError } from "@sampan/core";

// The bundle of every authority there is has a quarter of this.
const longestBytes = 1024 * 1024;

/**
 * Reads certificates of authorities from a file (PEM).
 *
 * @throws `HOST_SOURCE_INVALID` when it cannot be read, is too long, or holds none.
 */
export async function trustedAuthorities(path: string, forWhat: string): Promise<string> {
  const doing = `reading whom to trust with ${forWhat} from ${path}`;
  const invalid = (found: string, cause?: unknown) =>
    new SampanError("HOST_SOURCE_INVALID", `${doing}: ${found}`, {
      hint: "Give a file of certificates as PEM, which begins with -----BEGIN CERTIFICATE-----.",
      ...(cause === undefined ? {} : { cause }),
    });
  let text: string;
  try {
    const file = await open(path, "r");
    try {
      const buffer = Buffer.alloc(longestBytes + 1);
      const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
      if (bytesRead > longestBytes) throw invalid("it is longer than 1 MiB");
      text = buffer.toString("latin1", 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof SampanError) throw cause;
    throw invalid(`it cannot be read (${(cause as NodeJS.ErrnoException).code ?? "an error"})`, cause);
  }
  if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  throw invalid("it holds no certificate");
}
