import { SampanError } from "@sampan/core";
import { plainText } from "../connection/plain-text.ts";
import type { Shell } from "../connection/shell.ts";
import type { Step, StepState } from "./step.ts";

/** What a purpose needs on a host. */
export interface Requirement {
  /** Completes "the programs for …". */
  readonly purpose: string;
  /** Programs; of a list one is enough. */
  readonly programs: readonly (readonly string[])[];
  /** Packages that bring them, by what installs packages. Dependencies bring the port mapper under its name of the time. */
  readonly packages: Readonly<Record<PackageProgram, readonly string[]>>;
}

type PackageProgram = "apt-get" | "dnf" | "yum" | "zypper" | "apk";

export const nfsServer: Requirement = {
  purpose: "an NFS server",
  programs: [["exportfs"], ["rpc.nfsd"], ["rpcbind", "portmap"]],
  packages: {
    "apt-get": ["nfs-kernel-server"],
    dnf: ["nfs-utils", "rpcbind"],
    // On CentOS 5 it brings portmap, later rpcbind.
    yum: ["nfs-utils"],
    zypper: ["nfs-kernel-server"],
    apk: ["nfs-utils"],
  },
};

export const smbServer: Requirement = {
  purpose: "an SMB server",
  programs: [["smbd"], ["smbpasswd"], ["pdbedit"], ["testparm"]],
  packages: {
    "apt-get": ["samba"],
    dnf: ["samba"],
    yum: ["samba"],
    zypper: ["samba"],
    apk: ["samba"],
  },
};

export const nfsClient: Requirement = {
  purpose: "mounting NFS shares",
  programs: [["mount.nfs"]],
  packages: {
    "apt-get": ["nfs-common"],
    dnf: ["nfs-utils"],
    yum: ["nfs-utils"],
    zypper: ["nfs-client"],
    apk: ["nfs-utils"],
  },
};

export const smbClient: Requirement = {
  purpose: "mounting SMB shares",
  programs: [["mount.cifs"]],
  packages: {
    "apt-get": ["cifs-utils"],
    dnf: ["cifs-utils"],
    yum: ["cifs-utils"],
    zypper: ["cifs-utils"],
    apk: ["cifs-utils"],
  },
};

const pathScript = "PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin:/usr/bin:/bin; export PATH\n";

/* Says the program that installs packages, then each program that is missing of the groups `a|b` given. */
const lookScript = `${pathScript}
for manager in apt-get dnf yum zypper apk; do
  if command -v $manager >/dev/null 2>&1; then echo "manager $manager"; break; fi
done
for group in "$@"; do
  found=
  old=$IFS
  IFS='|'
  for program in $group; do command -v "$program" >/dev/null 2>&1 && found=1; done
  IFS=$old
  [ -n "$found" ] || echo "missing $group"
done
exit 0
`;

const installScript = `${pathScript}
manager=$1
shift
case $manager in
  apt-get) DEBIAN_FRONTEND=noninteractive; export DEBIAN_FRONTEND
    apt-get -q update >/dev/null || :
    apt-get -q -y --no-install-recommends install "$@" ;;
  dnf|yum) "$manager" -q -y install "$@" ;;
  zypper) zypper -q --non-interactive install --no-recommends "$@" ;;
  apk) apk add -q "$@" ;;
  *) exit 64 ;;
esac </dev/null >&2
`;

const installMs = 15 * 60_000;

/**
 * The step that has programs installed. Without `install` a host that lacks them is refused, with the command as the hint.
 * Packages stay when it is taken back: what else came to need them cannot be told.
 */
export function packageStep(shell: Shell, requirement: Requirement, install: boolean): Step {
  const { purpose, programs } = requirement;
  const look = async (signal?: AbortSignal) => {
    const { exitCode, stdout, stderr } = await shell.script(
      lookScript,
      programs.map((group) => group.join("|")),
      { maxOutputBytes: 64 * 1024, ...(signal && { signal }) },
    );
    if (exitCode !== 0) {
      throw new SampanError(
        "HOST_SHARE_FAILED",
        `looking for programs on ${shell.title}: ${stderr || `exit code ${exitCode}`}`,
      );
    }
    const lines = Buffer.from(stdout).toString("utf8").split("\n");
    const manager = lines
      .map((line) => /^manager ([a-z-]+)$/.exec(line)?.[1])
      .find((one) => one !== undefined);
    const missing = programs.filter((group) => lines.includes(`missing ${group.join("|")}`));
    return { missing, manager: isManager(manager, requirement) ? manager : undefined };
  };
  return {
    id: "packages",
    title: `the programs for ${purpose}`,
    async look(signal): Promise<StepState> {
      const { missing, manager } = await look(signal);
      if (missing.length === 0) {
        return {
          state: "already",
          text: `${programs.map((group) => group.join(" or ")).join(", ")} are there`,
        };
      }
      const names = missing.map((group) => group.join(" or ")).join(", ");
      if (manager === undefined) {
        return {
          state: "refused",
          text: `${names} missing, and nothing that installs packages (apt-get, dnf, yum, zypper, apk)`,
          hint: "Install them by hand and try again.",
        };
      }
      const packages = requirement.packages[manager].join(" ");
      if (install) {
        return {
          state: "needed",
          text: `install ${packages} by ${manager}`,
          made: requirement.packages[manager],
        };
      }
      return {
        state: "refused",
        text: `${names} missing`,
        hint: `\`--install\` has \`${manager} install ${packages}\` done.`,
      };
    },
    async apply(signal) {
      const { manager } = await look(signal);
      if (manager === undefined)
        throw new SampanError(
          "HOST_SHARE_FAILED",
          `installing packages on ${shell.title}: nothing does that`,
        );
      const { exitCode, stderr } = await shell.script(
        installScript,
        [manager, ...requirement.packages[manager]],
        {
          asRoot: true,
          timeoutMs: installMs,
          ...(signal && { signal }),
        },
      );
      const { missing } = await look(signal);
      if (exitCode === 0 && missing.length === 0) return;
      const said =
        exitCode === 0
          ? `${missing.join(", ")} are missing still`
          : `exit code ${exitCode}, ${stderr.slice(-500)}`;
      throw new SampanError(
        "HOST_SHARE_FAILED",
        `installing ${requirement.packages[manager].join(", ")} on ${shell.title}: ${said}`,
      );
    },
    async undo(made) {
      const names = Array.isArray(made) ? made.map(String).join(", ") : "what was installed";
      return plainText(`kept installed: ${names}`);
    },
  };
}

function isManager(name: string | undefined, requirement: Requirement): name is PackageProgram {
  return name !== undefined && Object.hasOwn(requirement.packages, name);
}
