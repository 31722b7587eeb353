import { SampanError, Secret } from "@sampan/core";

/** More is no list of passwords. */
const mostBytes = 64 * 1024;

/** Pieces of bytes, such as `process.stdin`. */
export type PasswordInput = AsyncIterable<unknown> & { readonly isTTY?: boolean };

/**
 * What answers questions for passwords from an input that was written by whoever started the program: one JSON object, from what is asked for
 * to its password. Read to its end once, when first something is asked; it is in no list of processes, no environment and no file.
 *
 * @throws from asking: `HOST_PASSWORD_MISSING`, with `details.passwordOf`, for one that is not there; `COMMAND_USAGE` for an input of another
 * form, whose text is never told, and for a terminal.
 */
export function givenPasswords(input: PasswordInput): (forWhat: string) => Promise<Secret> {
  let read: Promise<ReadonlyMap<string, Secret>> | undefined;
  return async (forWhat) => {
    read ??= readPasswords(input);
    const password = (await read).get(forWhat);
    if (password !== undefined) return password;
    throw new SampanError(
      "HOST_PASSWORD_MISSING",
      `asking for the password of ${forWhat}: standard input holds none for it`,
      {
        hint: "Write it there as JSON, by what it is the password of; the editor asks for it.",
        details: { passwordOf: forWhat },
      },
    );
  };
}

async function readPasswords(input: PasswordInput): Promise<ReadonlyMap<string, Secret>> {
  if (input.isTTY === true) throw malformed("it is a terminal, which would show them");
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of input) {
    const given = Buffer.from(piece as Uint8Array | string);
    bytes += given.length;
    if (bytes > mostBytes) throw malformed("it is longer than any list of passwords");
    pieces.push(given);
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(pieces).toString("utf8"));
  } catch {
    // What the parser says may quote what it read.
    throw malformed("it is no JSON");
  } finally {
    for (const piece of pieces) piece.fill(0);
  }
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const entries = isObject ? Object.entries(value as object) : [];
  if (!isObject || !entries.every(([, password]) => typeof password === "string" && password !== "")) {
    throw malformed("it is no JSON object of texts");
  }
  return new Map(entries.map(([forWhat, password]) => [forWhat, new Secret(String(password))]));
}

function malformed(why: string): SampanError {
  return new SampanError("COMMAND_USAGE", `reading passwords from standard input: ${why}`, {
    hint: 'With --passwords-stdin write `{"winrm://administrator@web-01": "…"}` and end the input.',
  });
}
