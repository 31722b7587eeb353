import { readFile } from "node:fs/promises";
import { arch, platform } from "node:process";
import { execa } from "execa";

const fastWithInstructions = /^aes(?:128|256)-gcm@openssh\.com$/;

/**
 * Puts the ciphers that processors have instructions for before the others of a list, each half in its order.
 *
 * `undefined` when the list is one that the user, or the policy of the system, chose: then it is theirs to order.
 */
export function fasterCiphers(configured: string, builtIn: string): string | undefined {
  if (configured !== builtIn) return undefined;
  const ciphers = builtIn.split(",");
  const fast = ciphers.filter((cipher) => fastWithInstructions.test(cipher));
  if (fast.length === 0) return undefined;
  return [...fast, ...ciphers.filter((cipher) => !fast.includes(cipher))].join(",");
}

/**
 * Gives the ciphers to offer to a host, in order, or `undefined` to leave that to `ssh`.
 *
 * OpenSSH offers ChaCha20 first, which costs half as much again as AES-GCM where AES has instructions of its own. A host without
 * AES-GCM (OpenSSH before 6.2) takes what follows.
 *
 * @param configuration Arguments of `ssh` that name a host and its configuration.
 */
export async function chooseCiphers(
  program: string,
  configuration: readonly string[],
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (!(await hasAesInstructions())) return undefined;
  const cancelSignal = signal === undefined ? {} : { cancelSignal: signal };
  const ask = async (argv: readonly string[]): Promise<string | undefined> => {
    const options = {
      stdin: "ignore",
      reject: false,
      timeout: 5_000,
      maxBuffer: 1024 ** 2,
      ...cancelSignal,
    } as const;
    const { stdout, failed } = await execa(program, ["-G", ...argv], options);
    return failed ? undefined : /^ciphers (\S+)$/m.exec(stdout)?.[1];
  };
  const [configured, builtIn] = await Promise.all([
    ask(configuration),
    ask(["-F", "/dev/null", "--", "host"]),
  ]);
  if (configured === undefined || builtIn === undefined) return undefined;
  return fasterCiphers(configured, builtIn);
}

let known: Promise<boolean> | undefined;

/** Whether this machine's processor has instructions for AES; false where that cannot be told. */
function hasAesInstructions(): Promise<boolean> {
  known ??= readFile("/proc/cpuinfo", "utf8").then(
    (text) => /^(?:flags|Features)\s*:.*\saes(?:\s|$)/m.test(text),
    () => platform === "darwin" && (arch === "arm64" || arch === "x64"),
  );
  return known;
}
