import { readFile } from "node:fs/promises";

/** A place that a program connected to, or sent to. */
export interface Contact {
  /** `AF_INET`, `AF_INET6`, `AF_UNIX` … */
  readonly family: string;
  /** The address; of a socket of this machine its path. */
  readonly address: string;
}

/** The command under strace, which writes to `log` whom the program and its children talk to. */
export function underAudit(log: string, command: readonly string[]): readonly string[] {
  const calls = "trace=connect,sendto,sendmsg,sendmmsg";
  return ["strace", "-f", "--seccomp-bpf", "-qq", "-s", "200", "-e", calls, "-o", log, ...command];
}

/** Reads whom a program talked to. */
export async function contactsIn(log: string): Promise<readonly Contact[]> {
  const text = await readFile(log, "utf8");
  return text.split("\n").flatMap((line): Contact[] => {
    const family = /sa_family=(\w+)/.exec(line)?.[1];
    if (family === undefined) return [];
    const address = /inet_addr\("([^"]*)"\)|inet_pton\(AF_INET6, "([^"]*)"|sun_path=@?"([^"]*)"/.exec(line);
    return [{ family, address: address?.slice(1).find((part) => part !== undefined) ?? line }];
  });
}

/** True for what stays on this machine. */
export function isOfThisMachine({ family, address }: Contact): boolean {
  if (family === "AF_UNIX" || family === "AF_NETLINK" || family === "AF_UNSPEC") return true;
  return /^127\.|^::1$|^::ffff:127\./.test(address);
}
