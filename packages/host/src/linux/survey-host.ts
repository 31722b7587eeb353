import { isSampanError } from "@sampan/core";
import type { Shell } from "../connection/shell.ts";

/** What a look at a Linux host found, as far as migrating it goes. Plain JSON. */
export interface HostSurvey {
  /** Name of the user that is logged in. */
  readonly user: string;
  /** Name and release of its kernel. */
  readonly kernel: string;
  /** How root's rights are had: the user has them, through `sudo` or `doas`, or not at all. */
  readonly root: "user" | "elevated" | "refused";
  /** Of the tools that are looked for: those that are there. */
  readonly tools: readonly string[];
  /** Programs of clouds and hypervisors that are there, such as `cloud-init`. */
  readonly agents: readonly string[];
  /** Free space of folders that are written to when the host is prepared or a disk is captured on it, in bytes. */
  readonly free: readonly { readonly folder: string; readonly bytes: number }[];
}

/** Tools without which no disk can be read, and those that help: packing, and moments that hold together. */
export const surveyedTools = {
  needed: ["dd", "cat", "uname"],
  helpful: ["gzip", "zstd", "lvcreate", "fsfreeze"],
} as const;

const agents = ["cloud-init", "qemu-ga", "vmtoolsd", "aliyun-service", "waagent"] as const;
const folders = ["/tmp", "/var/lib", "/boot"] as const;

/** Constant; the arguments are words to look for. Says a line for each thing there is. */
const script = `
echo "user $(id -un 2>/dev/null || id -u)"
echo "uid $(id -u)"
echo "kernel $(uname -s -r)"
for word in "$@"; do
  kind=\${word%%=*}
  name=\${word#*=}
  case $kind in
  tool) command -v "$name" >/dev/null 2>&1 || [ -x "/usr/sbin/$name" ] || [ -x "/sbin/$name" ] || continue ;;
  agent) command -v "$name" >/dev/null 2>&1 || [ -x "/usr/sbin/$name" ] || continue ;;
  folder)
    df -Pk "$name" 2>/dev/null | while read -r device blocks used free rest; do
      case $free in ''|*[!0-9]*) ;; *) echo "free $free $name" ;; esac
    done
    continue ;;
  esac
  echo "$kind $name"
done
`;

/**
 * Looks at a Linux host without changing anything: user, rights, tools, agents and free space. Not being allowed root's rights is an answer, no
 * error; every other failure is one of the shell's own.
 */
export async function surveyLinux(shell: Shell, signal?: AbortSignal): Promise<HostSurvey> {
  const words = [
    ...surveyedTools.needed.map((name) => `tool=${name}`),
    ...surveyedTools.helpful.map((name) => `tool=${name}`),
    ...agents.map((name) => `agent=${name}`),
    ...folders.map((name) => `folder=${name}`),
  ];
  const limits = { maxOutputBytes: 64 * 1024, ...(signal === undefined ? {} : { signal }) };
  const { stdout } = await shell.script(script, words, limits);
  const lines = new TextDecoder().decode(stdout).split("\n");
  const said = (kind: string): readonly string[] =>
    lines.filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(kind.length + 1).trim());
  const isRoot = said("uid")[0] === "0";
  return {
    user: said("user")[0] ?? "",
    kernel: said("kernel")[0] ?? "",
    root: isRoot ? "user" : (await becomesRoot(shell, limits)) ? "elevated" : "refused",
    // Only what was asked for: the rest could be anything a login script prints.
    tools: [...surveyedTools.needed, ...surveyedTools.helpful].filter((name) => said("tool").includes(name)),
    agents: agents.filter((name) => said("agent").includes(name)),
    free: folders.flatMap((folder) => {
      const kib = said("free")
        .map((line) => /^(\d{1,15}) (.+)$/.exec(line))
        .find((found) => found?.[2] === folder)?.[1];
      return kib === undefined ? [] : [{ folder, bytes: Number(kib) * 1024 }];
    }),
  };
}

async function becomesRoot(shell: Shell, limits: { readonly signal?: AbortSignal }): Promise<boolean> {
  try {
    const { exitCode } = await shell.run(["true"], { ...limits, asRoot: true });
    return exitCode === 0;
  } catch (error) {
    if (isSampanError(error, "HOST_ROOT_REFUSED")) return false;
    throw error;
  }
}
