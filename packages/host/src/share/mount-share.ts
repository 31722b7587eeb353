import { type Json, SampanError, type Secret } from "@sampan/core";
import type { Shell } from "../connection/shell.ts";
import { folderStep } from "./folder-step.ts";
import { checkedFolder } from "./names.ts";
import { nfsClient, packageStep, smbClient } from "./package-step.ts";
import type { ShareWork } from "./run-steps.ts";
import type { Step, StepState } from "./step.ts";

/** What is mounted, and where. */
export interface MountOptions {
  /** `host:/folder` for NFS, `//host/SHARE` or `\\host\SHARE` for SMB. */
  readonly from: string;
  /** Mount point; made where it is missing. */
  readonly at: string;
  /** Who mounts an SMB share. Default: `sampan`. */
  readonly user?: string;
  readonly password?: Secret;
  /** Further options for `mount -o`, such as `vers=3`: letters, digits and `=,._-:/`. */
  readonly mountOptions?: string;
  readonly install?: boolean;
}

interface Source {
  readonly kind: "nfs" | "cifs";
  /** As `mount` takes it, and as `/proc/mounts` shows it. */
  readonly name: string;
}

/** Reads what is to be mounted; `HOST_SHARE_INVALID` where it is neither NFS nor SMB. */
function sourceOf(from: string): Source {
  const slashes = from.replaceAll("\\", "/");
  const smb = /^\/\/([A-Za-z0-9][A-Za-z0-9.:-]{0,252})\/([A-Za-z0-9][A-Za-z0-9_.-]{0,39})\/?$/.exec(slashes);
  if (smb) return { kind: "cifs", name: `//${smb[1]}/${smb[2]}` };
  const nfs = /^([A-Za-z0-9][A-Za-z0-9.-]{0,252}|\[[0-9A-Fa-f:.]{2,49}\]):(\/.*)$/s.exec(from);
  if (nfs) return { kind: "nfs", name: `${nfs[1]}:${checkedFolder(nfs[2] as string)}` };
  throw new SampanError("HOST_SHARE_INVALID", `mounting ${JSON.stringify(from)}`, {
    hint: "NFS: convert-01:/srv/images. SMB: //convert-01/VHD_DIR.",
  });
}

/**
 * The steps that mount a share on a host: programs, mount point, the mount, and a file written there and removed. Taken back, it is
 * unmounted, and the mount point removed where it was made for it. Nothing is written to fstab: after a restart it is gone.
 *
 * @throws `HOST_SHARE_INVALID` for what cannot be mounted, or not there.
 */
export function mountShare(shell: Shell, options: MountOptions): ShareWork {
  const at = checkedFolder(options.at);
  const source = sourceOf(options.from);
  const { user = "sampan", password, mountOptions = "" } = options;
  if (!/^[A-Za-z0-9=,._:/-]{0,200}$/.test(mountOptions) || !/^[A-Za-z0-9_.-]{1,64}$/.test(user)) {
    throw new SampanError(
      "HOST_SHARE_INVALID",
      `mounting ${source.name} with ${JSON.stringify(mountOptions)} by ${JSON.stringify(user)}`,
      {
        hint: "Options are letters, digits and =,._-:/ without spaces: vers=3,noatime.",
      },
    );
  }
  return {
    shell,
    key: `mount:${at}`,
    kind: "mount",
    options: { from: source.name, at, user },
    steps: [
      packageStep(shell, source.kind === "nfs" ? nfsClient : smbClient, options.install === true),
      folderStep(shell, at, { mode: 0o755, title: `the mount point ${at}` }),
      mountStep(shell, source, at, { user, password, mountOptions }),
      writableStep(shell, at),
    ],
  };
}

/*
 * The login comes by standard input and goes to a file in memory that root alone may read and that is gone afterwards: mount.cifs does
 * not take a password from a pipe when mount starts it.
 */
const mountScript = `
PATH=$PATH:/usr/sbin:/sbin; export PATH
case $1 in
  nfs) exec mount -t nfs -o "$4" -- "$2" "$3" </dev/null ;;
  cifs)
    umask 077
    for folder in /dev/shm /run /tmp; do [ -d "$folder" ] && [ -w "$folder" ] && break; done
    file=$(mktemp "$folder/sampan-mount.XXXXXX") || exit 1
    trap 'rm -f "$file"' EXIT
    trap 'exit 130' HUP INT TERM
    cat >"$file" || exit 1
    mount -t cifs -o "$4,credentials=$file" -- "$2" "$3" </dev/null
    exit $? ;;
esac
`;

/** What is mounted at a folder, the last where there are several. */
async function mountedAt(shell: Shell, at: string, signal: AbortSignal | undefined) {
  const { exitCode, stdout, stderr } = await shell.run(["cat", "/proc/mounts"], {
    maxOutputBytes: 1024 * 1024,
    ...(signal && { signal }),
  });
  if (exitCode !== 0) {
    throw new SampanError(
      "HOST_SHARE_FAILED",
      `reading /proc/mounts of ${shell.title}: ${stderr || `exit code ${exitCode}`}`,
    );
  }
  const mounts = Buffer.from(stdout)
    .toString("latin1")
    .split("\n")
    .map((line) => {
      const [from = "", path = "", type = ""] = line.split(" ", 3).map(unescaped);
      return { from, path, type };
    });
  return mounts.findLast(({ path, type }) => path === at && type !== "autofs");
}

/** The kernel writes spaces, tabs, line ends and backslashes as three octal digits. */
function unescaped(field: string): string {
  const bytes = field.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
  return Buffer.from(bytes, "latin1").toString("utf8");
}

function mountStep(
  shell: Shell,
  source: Source,
  at: string,
  {
    user,
    password,
    mountOptions,
  }: { readonly user: string; readonly password: Secret | undefined; readonly mountOptions: string },
): Step {
  const isSame = (found: { readonly type: string; readonly from: string }) =>
    found.type.startsWith(source.kind) && found.from.replace(/\/$/, "") === source.name;
  return {
    id: "mount",
    title: `${source.name} at ${at}`,
    async look(signal): Promise<StepState> {
      const found = await mountedAt(shell, at, signal);
      if (found === undefined) {
        if (source.kind === "cifs" && password === undefined) {
          return {
            state: "refused",
            text: `mounting by SMB needs the password of ${user}`,
            hint: "Give a file that holds it with `--password-file`, or `-` to read it from standard input.",
          };
        }
        if (/[\n\r\0]/.test(password?.reveal() ?? "")) {
          return { state: "refused", text: "the password holds line ends" };
        }
        return {
          state: "needed",
          text: `mount -t ${source.kind} ${source.name} ${at}`,
          made: { from: source.name },
        };
      }
      if (isSame(found)) return { state: "already", text: "it is mounted" };
      return {
        state: "refused",
        text: `${found.from} (${found.type}) is mounted there`,
        hint: "Choose another mount point with `--at`.",
      };
    },
    async apply(signal) {
      const login = source.kind === "cifs" ? `username=${user}\npassword=${password?.reveal() ?? ""}\n` : "";
      const { exitCode, stderr } = await shell.script(
        mountScript,
        [source.kind, source.name, at, ["rw", ...(mountOptions === "" ? [] : [mountOptions])].join(",")],
        { asRoot: true, input: login, ...(signal && { signal }) },
      );
      const found = exitCode === 0 ? await mountedAt(shell, at, signal) : undefined;
      if (found !== undefined && isSame(found)) return;
      throw new SampanError(
        "HOST_SHARE_FAILED",
        `mounting ${source.name} at ${at} of ${shell.title}: ${exitCode === 0 ? "it is not there afterwards" : stderr || `exit code ${exitCode}`}`,
        {
          hint: "Check that the share is set up for this host's address, and that no firewall stands between.",
        },
      );
    },
    async undo(made: Json, signal) {
      const found = await mountedAt(shell, at, signal);
      if (found === undefined) return "it is not mounted any more";
      const ours = typeof made === "object" && made !== null && "from" in made ? made.from : undefined;
      if (ours !== source.name || !isSame(found))
        return `kept what is mounted there by someone else: ${found.from}`;
      const { exitCode, stderr } = await shell.script(
        'PATH=$PATH:/usr/sbin:/sbin; export PATH; exec umount -- "$1" </dev/null',
        [at],
        { asRoot: true, ...(signal && { signal }) },
      );
      if (exitCode === 0) return `unmounted ${at}`;
      throw new SampanError(
        "HOST_SHARE_FAILED",
        `unmounting ${at} of ${shell.title}: ${stderr || `exit code ${exitCode}`}`,
        {
          hint: "Something still uses it; `fuser -vm` shows what.",
        },
      );
    },
  };
}

const writableScript = `
file="$1/.sampan-write-test-$$"
trap 'rm -f "$file"' EXIT
umask 077
printf 'sampan\\n' >"$file" || exit 1
[ "$(cat "$file")" = sampan ] || exit 1
rm -f "$file" || exit 1
`;

/** The step that proves that root of the host can write to what is mounted. Looking does not write, so it is always to be done. */
function writableStep(shell: Shell, at: string): Step {
  return {
    id: "writable",
    title: "writing to it",
    look: async () => ({ state: "needed", text: "write a small file there and remove it", made: null }),
    async apply(signal) {
      const { exitCode, stderr } = await shell.script(writableScript, [at], {
        asRoot: true,
        ...(signal && { signal }),
      });
      if (exitCode === 0) return;
      throw new SampanError(
        "HOST_SHARE_FAILED",
        `writing to ${at} of ${shell.title}: ${stderr || "what was written is not there"}`,
        {
          hint: "The share must let root of this host write: `no_root_squash` for NFS, the user's folder for SMB.",
        },
      );
    },
    undo: async () => "nothing stays of it",
  };
}
