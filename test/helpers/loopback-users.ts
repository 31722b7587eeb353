import { execFileSync } from "node:child_process";
import { chmod, chown, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "./temporary-folder.ts";

/** What `lacks()` must find for {@link makeUsers}, besides the tools of sshd. */
export const userTools = ["unshare", "mount", "openssl", "root"] as const;

export interface LoopbackUser {
  readonly name: string;
  /** Log-in shell. Default: `/bin/sh`. */
  readonly shell?: string;
  /** Password of the account, which sudo asks for. */
  readonly password?: string;
  /** Files of the home folder. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface LoopbackUsers {
  /** Starts a program where these users exist; for `through` of the sshd. */
  readonly through: readonly string[];
  /** Folder that stands as `/etc` there; may be changed while it runs. */
  readonly etc: string;
  /** Everything of them; removed by the caller. */
  readonly folder: string;
}

/**
 * Makes users that exist in a mount namespace only: a copy of `/etc` with them stands in the place of `/etc` there, and the machine's
 * own is never touched.
 *
 * @param sudoers Lines of sudoers, besides `Defaults env_reset`.
 * @param hidden Programs that are not to be found there, by absolute path.
 */
export async function makeUsers(
  users: readonly LoopbackUser[],
  sudoers = "",
  hidden: readonly string[] = [],
): Promise<LoopbackUsers> {
  const folder = await makeFolder();
  await chmod(folder, 0o755);
  const etc = join(folder, "etc");
  await mkdir(etc);
  execFileSync("cp", ["-a", "/etc/.", etc]);
  const passwd: string[] = [
    "root:x:0:0:root:/root:/bin/sh",
    "sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin",
  ];
  const shadow: string[] = ["root:*:19000:0:99999:7:::", "sshd:*:19000:0:99999:7:::"];
  for (const [index, user] of users.entries()) {
    const uid = 61_000 + index;
    const home = join(folder, "home", user.name);
    await mkdir(home, { recursive: true });
    for (const [name, text] of Object.entries(user.files ?? {})) await writeFile(join(home, name), text);
    await chown(home, uid, uid);
    const hash =
      user.password === undefined
        ? "*"
        : execFileSync("openssl", ["passwd", "-6", "-stdin"], {
            input: user.password,
            encoding: "utf8",
          }).trim();
    passwd.push(`${user.name}:x:${uid}:${uid}::${home}:${user.shell ?? "/bin/sh"}`);
    shadow.push(`${user.name}:${hash}:19000:0:99999:7:::`);
  }
  await writeFile(join(etc, "passwd"), `${passwd.join("\n")}\n`);
  await writeFile(join(etc, "shadow"), `${shadow.join("\n")}\n`);
  await writeFile(join(etc, "sudoers"), `Defaults env_reset\nroot ALL=(ALL:ALL) ALL\n${sudoers}\n`);
  await chmod(join(etc, "sudoers"), 0o440);
  await writeFile(join(folder, "nothing"), "", { mode: 0o644 });
  const script = [
    "set -e",
    "mount --make-rprivate /",
    'folder=$1; shift; mount --bind "$folder/etc" /etc',
    'while [ "$1" != -- ]; do mount --bind "$folder/nothing" "$1"; shift; done; shift',
    'exec "$@"',
  ].join("\n");
  return { through: ["unshare", "-m", "sh", "-c", script, "sh", folder, ...hidden, "--"], etc, folder };
}
