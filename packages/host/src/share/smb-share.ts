import { SampanError, type Secret } from "@sampan/core";
import type { Shell } from "../connection/shell.ts";
import { readHostFile, replaceHostFile } from "../linux/files/replace-file.ts";
import { folderStep } from "./folder-step.ts";
import { checkedFolder, checkedName, checkedUser } from "./names.ts";
import { defaultName } from "./nfs-share.ts";
import { packageStep, smbServer } from "./package-step.ts";
import type { ShareWork } from "./run-steps.ts";
import { serviceStep } from "./service-step.ts";
import {
  findSection,
  isPlainForSmb,
  type SmbSection,
  sectionLines,
  withoutSection,
  withSection,
} from "./smb-config.ts";
import type { Step, StepState } from "./step.ts";

/** What is shared by SMB, and to whom. */
export interface SmbShareOptions {
  /** Absolute path on the conversion host; made where it is missing, of the user. */
  readonly folder: string;
  /** What Windows calls it: `\\host\VHD_DIR`. Default: the folder's last name. */
  readonly name?: string;
  /** Who may use it; made where there is no such account, without a shell. Default: `sampan`. */
  readonly user?: string;
  /** The user's password, needed where Samba does not know the user yet. One that is known keeps its password. */
  readonly password?: Secret;
  /** Installs missing packages. Default: a host that lacks them is refused. */
  readonly install?: boolean;
}

const configPath = "/etc/samba/smb.conf";
const pathLine = "PATH=$PATH:/usr/sbin:/sbin:/usr/bin:/bin; export PATH\n";

/**
 * The steps that make a Linux host share a folder by SMB, for Disk2VHD and Alip2v on Windows: packages, account, folder, the
 * section of `smb.conf`, checked by testparm before it counts, password, services now and at boot. Looks at nothing yet.
 *
 * @throws `HOST_SHARE_INVALID` for a folder, name or user that cannot be used.
 */
export function smbShare(shell: Shell, options: SmbShareOptions): ShareWork {
  const folder = checkedFolder(options.folder);
  if (!isPlainForSmb(folder)) {
    throw new SampanError(
      "HOST_SHARE_INVALID",
      `sharing ${JSON.stringify(folder)} by SMB: smb.conf cannot name it`,
      {
        hint: 'Choose a folder without %, ", \\, ; and #.',
      },
    );
  }
  const name = checkedName(options.name ?? defaultName(folder));
  const user = checkedUser(options.user ?? "sampan");
  const key = `smb:${name}`;
  const section: SmbSection = { name, folder: Buffer.from(folder, "utf8").toString("latin1"), user };
  const usedByOthers = async (signal?: AbortSignal) =>
    hasShares(withoutSection((await readHostFile(shell, configPath, signal)) ?? "", section));
  const service = (id: string, title: string, names: readonly string[], required: boolean) =>
    serviceStep(shell, { id, title, names, required, key, usedByOthers });
  return {
    shell,
    key,
    kind: "smb",
    options: { folder, name, user },
    steps: [
      packageStep(shell, smbServer, options.install === true),
      accountStep(shell, user),
      folderStep(shell, folder, { mode: 0o750, owner: user }),
      sectionStep(shell, section, folder),
      passwordStep(shell, user, options.password),
      service("smb server", "the SMB server", ["smbd", "smb", "samba"], true),
      service("smb names", "the service of NetBIOS names", ["nmbd", "nmb"], false),
    ],
  };
}

/** Whether a configuration has shares of its own besides what every distribution ships. */
function hasShares(text: string): boolean {
  return text
    .split("\n")
    .map((line) => /^\s*\[([^\]]{1,80})\]/.exec(line)?.[1]?.trim().toLowerCase())
    .some(
      (name) =>
        name !== undefined &&
        !["global", "homes", "printers", "print$", "users", "groups", "profiles"].includes(name),
    );
}

const accountScript = `${pathLine}
case $1 in
  look) id "$2" >/dev/null 2>&1 && echo there; exit 0 ;;
  add)
    id "$2" >/dev/null 2>&1 && exit 0
    shell=/bin/false
    for one in /usr/sbin/nologin /sbin/nologin; do [ -x "$one" ] && shell=$one; done
    if command -v useradd >/dev/null 2>&1; then useradd -r -M -d /nonexistent -s "$shell" "$2"
    else adduser -S -D -H -h /nonexistent -s "$shell" "$2"
    fi ;;
  remove)
    id "$2" >/dev/null 2>&1 || exit 0
    if command -v userdel >/dev/null 2>&1; then userdel "$2"; else deluser "$2"; fi ;;
esac
`;

function accountStep(shell: Shell, user: string): Step {
  const call = async (action: "look" | "add" | "remove", signal: AbortSignal | undefined) => {
    const { exitCode, stdout, stderr } = await shell.script(accountScript, [action, user], {
      asRoot: true,
      ...(signal && { signal }),
    });
    if (exitCode === 0) return Buffer.from(stdout).toString("utf8").trim();
    throw new SampanError(
      "HOST_SHARE_FAILED",
      `the account ${user} of ${shell.title}: ${stderr || `exit code ${exitCode}`}`,
    );
  };
  return {
    id: "account",
    title: `the account ${user}`,
    async look(signal): Promise<StepState> {
      return (await call("look", signal)) === "there"
        ? { state: "already", text: `${user} is there` }
        : { state: "needed", text: `make the account ${user}, which cannot log in`, made: true };
    },
    async apply(signal) {
      await call("add", signal);
    },
    async undo(_made, signal) {
      await call("remove", signal);
      return `removed the account ${user}`;
    },
  };
}

/* Has Samba read a candidate of its configuration: exit code 0 when it takes it. */
const testScript = `${pathLine}
umask 077
file=$(mktemp "\${TMPDIR:-/tmp}/sampan-smb.XXXXXX") || exit 1
trap 'rm -f "$file"' EXIT
cat >"$file" || exit 1
testparm -s "$file" 2>"$file.said"
code=$?
grep -iE 'unknown|error|ignoring|invalid|bad' "$file.said" >&2
rm -f "$file.said"
exit $code
`;

function sectionStep(shell: Shell, section: SmbSection, folder: string): Step {
  const { name } = section;
  const read = async (signal?: AbortSignal) => (await readHostFile(shell, configPath, signal)) ?? "";
  const reload = async (signal?: AbortSignal) => {
    // A server that does not run reads it when it starts.
    await shell.script(`${pathLine}smbcontrol all reload-config >/dev/null 2>&1 || :`, [], {
      asRoot: true,
      ...(signal && { signal }),
    });
  };
  return {
    id: "section",
    title: `the share ${name} in ${configPath}`,
    async look(signal): Promise<StepState> {
      const found = findSection(await read(signal), section);
      if (found === "ours")
        return { state: "already", text: `Sampan's section is there, for ${folder} and ${section.user}` };
      if (found === "none")
        return { state: "needed", text: `add the share ${name} for ${section.user}`, made: true };
      return {
        state: "refused",
        text: `there is a share ${name} already, or one of Sampan's that was changed`,
        hint: "Choose another name with `--name`, or remove that share first.",
      };
    },
    async apply(signal) {
      const before = await readHostFile(shell, configPath, signal);
      const text = before ?? "";
      if (findSection(text, section) !== "none") return;
      const after = withSection(text, section);
      await assertTaken(shell, after, section, signal);
      await replaceHostFile(shell, configPath, before, after, { signal });
      await reload(signal);
    },
    async undo(_made, signal) {
      const text = await read(signal);
      const without = withoutSection(text, section);
      if (without === text) {
        return findSection(text, section) === "none"
          ? "it is gone already"
          : "kept the section: it was changed by someone else";
      }
      await replaceHostFile(shell, configPath, text, without, { signal });
      await reload(signal);
      return "removed the section";
    },
  };
}

async function assertTaken(
  shell: Shell,
  text: string,
  section: SmbSection,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { exitCode, stdout, stderr } = await shell.script(testScript, [], {
    asRoot: true,
    input: Uint8Array.from(Buffer.from(text, "latin1")),
    ...(signal && { signal }),
  });
  const seen = Buffer.from(stdout)
    .toString("latin1")
    .split("\n")
    .some((line) => line.trim().toLowerCase() === `[${section.name.toLowerCase()}]`);
  if (exitCode === 0 && seen) return;
  throw new SampanError(
    "HOST_SHARE_FAILED",
    `checking ${configPath} of ${shell.title} with the share ${section.name}: testparm ${exitCode === 0 ? "does not show the share" : `ends with ${exitCode}`}${stderr === "" ? "" : `: ${stderr.slice(0, 500)}`}`,
    {
      details: { lines: sectionLines(section).length },
      hint: "`testparm -s` on the host shows what it does not take.",
    },
  );
}

const passwordScript = `${pathLine}
case $1 in
  look) pdbedit -L -u "$2" >/dev/null 2>&1 && echo there; exit 0 ;;
  add) smbpasswd -s -a "$2" >/dev/null ;;
  remove)
    pdbedit -L -u "$2" >/dev/null 2>&1 || exit 0
    smbpasswd -x "$2" >/dev/null ;;
esac
`;

function passwordStep(shell: Shell, user: string, password: Secret | undefined): Step {
  const call = async (action: "look" | "add" | "remove", signal: AbortSignal | undefined, input = "") => {
    const { exitCode, stdout, stderr } = await shell.script(passwordScript, [action, user], {
      asRoot: true,
      input,
      ...(signal && { signal }),
    });
    if (exitCode === 0) return Buffer.from(stdout).toString("utf8").trim();
    throw new SampanError(
      "HOST_SHARE_FAILED",
      `Samba's account ${user} of ${shell.title}: ${stderr || `exit code ${exitCode}`}`,
    );
  };
  return {
    id: "password",
    title: `Samba's password of ${user}`,
    async look(signal): Promise<StepState> {
      if ((await call("look", signal)) === "there")
        return { state: "already", text: `Samba knows ${user}; the password stays` };
      if (password !== undefined) {
        return /[\n\r\0]/.test(password.reveal()) || password.reveal() === ""
          ? { state: "refused", text: "the password is empty or holds line ends" }
          : { state: "needed", text: `give ${user} the password that was given`, made: true };
      }
      return {
        state: "refused",
        text: `Samba does not know ${user}, and no password was given`,
        hint: "Give a file that holds the password with `--password-file`, or `-` to read it from standard input.",
      };
    },
    async apply(signal) {
      const secret = password?.reveal() ?? "";
      await call("add", signal, `${secret}\n${secret}\n`);
    },
    async undo(_made, signal) {
      await call("remove", signal);
      return `removed Samba's account ${user}`;
    },
  };
}
