import { randomBytes } from "node:crypto";
import { constants, existsSync } from "node:fs";
import { access, chmod, mkdir, stat, statfs, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { formatBytes, GiB, isSampanError } from "@sampan/core";
import { userFolders } from "../settings/config-folders.ts";
import { type CheckTask, type DoctorWorld, type Finding, failed, good, note, warning } from "./check.ts";

const limitMs = 20_000;

/** What this machine has and lacks. */
export function machineTasks(world: DoctorWorld): readonly CheckTask[] {
  const task = (name: string, run: CheckTask["run"]): CheckTask => ({
    group: "this machine",
    name,
    limitMs,
    run,
  });
  const { env, home } = world;
  return [
    task("Node.js", async () => checkNode(process.versions.node)),
    task("journals", () => checkHome(home)),
    task("temporary files", () =>
      checkWritable("temporary files", tmpdir(), "Set TMPDIR to a folder you can write to."),
    ),
    task("disk space", () =>
      checkSpace("disk space", existingPart(home), "journals and rehearsals", "SAMPAN_HOME"),
    ),
    task("temporary space", () => checkSpace("temporary space", tmpdir(), "conversions under way", "TMPDIR")),
    task("settings", async () => checkSettings(world)),
    task("credential files", () => checkModes(world)),
    task("ssh", () => checkSsh(env)),
    task("ssh agent", () => checkAgent(env)),
    ...optionalTools.map((tool) => task(tool.program, () => checkTool(tool, env))),
  ];
}

/** Node itself: 20.19 is the oldest version the tests run on. */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return good("Node.js", `version ${version}`);
  const fix = "Install Node.js 20.19 or newer, for example the current LTS from nodejs.org.";
  return failed("Node.js", `version ${version}, 20.19 or newer is needed`, fix);
}

/** The part of a path that is there already: where its missing folders would be made. */
function existingPart(path: string): string {
  let folder = path;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

async function checkHome(home: string): Promise<Finding> {
  const there = existingPart(home);
  const finding = await checkWritable("journals", there, "Set SAMPAN_HOME to a folder you can write to.");
  if (finding.state !== "ok" || there === home) return finding;
  return {
    ...note("journals", `${home} is not there yet; the first run makes it`),
    repair: async () => {
      await mkdir(home, { recursive: true, mode: 0o700 });
      return `made the folder ${home}`;
    },
  };
}

async function checkWritable(name: string, folder: string, fix: string): Promise<Finding> {
  const probe = join(folder, `.sampan-${randomBytes(6).toString("hex")}`);
  try {
    await writeFile(probe, "", { flag: "wx" });
    await unlink(probe);
    return good(name, `${folder} can be written to`);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "an error";
    return failed(name, `${folder} cannot be written to: ${reason}`, fix);
  }
}

async function checkSpace(name: string, folder: string, what: string, variable: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  const fact = `${formatBytes(freeBytes)} free for ${what} in ${folder}`;
  // Uploads go straight from the disk; only a rehearsal keeps what was uploaded.
  return freeBytes >= 2 * GiB
    ? good(name, fact)
    : warning(name, fact, `Free some space, or set ${variable} to another disk.`);
}

function checkSettings({ settings }: DoctorWorld): Finding | readonly Finding[] {
  if (settings === undefined) return [];
  if (settings instanceof Error) {
    const hint = isSampanError(settings) ? settings.hint : "";
    return failed("settings", settings.message, hint || "Correct the file, or pass --no-config.");
  }
  const wrong = settings.settings.find(({ name, problem }) => problem !== null && name !== "cloud");
  if (wrong !== undefined) {
    return failed(
      "settings",
      wrong.problem ?? "",
      `Correct ${wrong.origin.name}, or unset it: unset ${wrong.origin.name}`,
    );
  }
  if (settings.passedOver !== null) {
    return note(
      "settings",
      `${settings.passedOver.path} computes its settings; only commands that run plans run it`,
    );
  }
  if (settings.read.length === 0) return note("settings", "no file of settings");
  return good("settings", `from ${settings.read.map(({ path }) => path).join(", ")}; see \`sampan config\``);
}

/** Files with secrets that others may read. Windows has no such modes. */
async function checkModes({ env, cwd }: DoctorWorld): Promise<readonly Finding[]> {
  if (process.platform === "win32") return [];
  const { user } = userFolders(env, cwd);
  const paths = [
    join(user, ".aliyun", "config.json"),
    env.ALIBABA_CLOUD_CREDENTIALS_FILE || join(user, ".alibabacloud", "credentials"),
  ];
  const findings: Finding[] = [];
  for (const path of paths) {
    const mode = await stat(path).then(
      (found) => found.mode & 0o777,
      () => undefined,
    );
    if (mode === undefined) continue;
    if ((mode & 0o077) === 0) {
      findings.push(good("credential file", `${path} is readable by you alone`));
      continue;
    }
    findings.push({
      ...warning(
        "credential file",
        `${path} may be read by others (mode ${mode.toString(8)})`,
        `chmod 600 ${quoted(path)}`,
      ),
      repair: async () => {
        await chmod(path, 0o600);
        return `made ${path} readable by you alone`;
      },
    });
  }
  return findings;
}

interface Tool {
  readonly program: string;
  readonly use: string;
  readonly fix: string;
}

const optionalTools: readonly Tool[] = [
  { program: "qemu-img", use: "checks images in the tests", fix: "apt-get install qemu-utils" },
  {
    program: "qemu-system-x86_64",
    use: "boots images in the tests",
    fix: "apt-get install qemu-system-x86",
  },
  { program: "mke2fs", use: "makes file systems in the tests", fix: "apt-get install e2fsprogs" },
];

/** Live hosts are reached by the system's own OpenSSH, so that the user's keys, agent and configuration count. */
async function checkSsh(env: DoctorWorld["env"]): Promise<Finding> {
  const path = await findProgram("ssh", env);
  return path === undefined
    ? note("ssh", "not found; needed for hosts over SSH", "apt-get install openssh-client")
    : good("ssh", `${path} (reaches hosts)`);
}

async function checkAgent(env: DoctorWorld["env"]): Promise<Finding> {
  const socket = env.SSH_AUTH_SOCK;
  if (!socket)
    return note("ssh agent", "none: SSH_AUTH_SOCK is not set; keys without a passphrase need none");
  const isThere = await access(socket).then(
    () => true,
    () => false,
  );
  return isThere
    ? good("ssh agent", `${socket}, from SSH_AUTH_SOCK`)
    : warning("ssh agent", `${socket}, which SSH_AUTH_SOCK names, is gone`, 'eval "$(ssh-agent)" && ssh-add');
}

async function checkTool(tool: Tool, env: DoctorWorld["env"]): Promise<Finding> {
  const path = await findProgram(tool.program, env);
  if (path !== undefined) return good(tool.program, `${path} (${tool.use})`);
  return note(tool.program, `not found; only wanted for developing Sampan: ${tool.use}`, tool.fix);
}

/** The first of that name in the folders of PATH that may be run. */
async function findProgram(program: string, env: DoctorWorld["env"]): Promise<string | undefined> {
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    const path = join(folder, program);
    const found = await access(path, constants.X_OK).then(
      () => folder !== "",
      () => false,
    );
    if (found) return path;
  }
  return undefined;
}

/** A path as a shell takes it for one word. */
function quoted(path: string): string {
  return /^[\w./~+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
