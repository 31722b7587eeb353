import { randomBytes } from "node:crypto";
import { constants, existsSync } from "node:fs";
import { access, statfs, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { proxyFromEnvironment } from "@sampan/cloud";
import { asSampanError, formatBytes, GiB, isSampanError } from "@sampan/core";
import { findCloudCredentials, sampanHome } from "@sampan/sdk";
import { checkSimulator } from "./check-simulator.ts";

/** One thing looked at. Plain JSON. */
export interface Check {
  readonly name: string;
  /** `note`: a fact that is neither good nor bad. */
  readonly state: "ok" | "note" | "warning" | "failed";
  readonly fact: string;
  /** What to do; `null` when there is nothing to do. */
  readonly fix: string | null;
}

/** Where the checks look. */
export interface DoctorWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** Runs every check; one that breaks is a failed check, never an error. */
export async function runChecks(world: DoctorWorld): Promise<readonly Check[]> {
  const home = sampanHome({ env: world.env, baseFolder: world.cwd });
  const checks: (() => Promise<Check> | Check)[] = [
    () => checkNode(process.versions.node),
    () => checkWritable("journals", existingPart(home), "Set SAMPAN_HOME to a folder you can write to."),
    () => checkWritable("temporary files", tmpdir(), "Set TMPDIR to a folder you can write to."),
    () => checkSpace(existingPart(home)),
    () => checkCloudChoice(world.env),
    () => checkCredentials(world.env),
    () => checkProxy(world.env),
    () => checkSimulator(world.env),
    () => checkSsh(world.env),
    ...optionalTools.map((tool) => () => checkTool(tool, world.env)),
  ];
  const results: Check[] = [];
  for (const check of checks) {
    try {
      results.push(await check());
    } catch (thrown) {
      const error = asSampanError(thrown);
      results.push({
        name: "a check",
        state: "failed",
        fact: `broke: ${error.message}`,
        fix: error.hint || null,
      });
    }
  }
  return results;
}

/** Node itself: 20.19 is the oldest version the tests run on. */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const good = major > 20 || (major === 20 && minor >= 19);
  return {
    name: "Node.js",
    state: good ? "ok" : "failed",
    fact: `version ${version}${good ? "" : ", 20.19 or newer is needed"}`,
    fix: good ? null : "Install Node.js 20.19 or newer, for example the current LTS from nodejs.org.",
  };
}

/** The part of a path that is there already: where its missing folders would be made. */
function existingPart(path: string): string {
  let folder = path;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

async function checkWritable(name: string, folder: string, fix: string): Promise<Check> {
  const probe = join(folder, `.sampan-${randomBytes(6).toString("hex")}`);
  try {
    await writeFile(probe, "", { flag: "wx" });
    await unlink(probe);
    return { name, state: "ok", fact: `${folder} can be written to`, fix: null };
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "an error";
    return { name, state: "failed", fact: `${folder} cannot be written to: ${reason}`, fix };
  }
}

async function checkSpace(folder: string): Promise<Check> {
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  const enough = freeBytes >= 2 * GiB;
  return {
    name: "disk space",
    state: enough ? "ok" : "warning",
    fact: `${formatBytes(freeBytes)} free for journals and rehearsals in ${folder}`,
    // Uploads go straight from the disk; only a rehearsal keeps what was uploaded.
    fix: enough
      ? null
      : "Free some space, or set SAMPAN_HOME to another disk: a rehearsal keeps what it uploads.",
  };
}

function checkCloudChoice(env: DoctorWorld["env"]): Check {
  const cloud = env.SAMPAN_CLOUD || "simulator";
  const known = cloud === "simulator" || cloud === "alibaba";
  const fact = cloud === "simulator" ? "the simulator: runs are rehearsals" : `SAMPAN_CLOUD=${cloud}`;
  return {
    name: "cloud by default",
    state: known ? "note" : "failed",
    fact,
    fix: known ? null : "Set SAMPAN_CLOUD to `simulator` or `alibaba`, or unset it.",
  };
}

async function checkCredentials(env: DoctorWorld["env"]): Promise<Check> {
  const name = "credentials";
  try {
    const found = await findCloudCredentials({ kind: "alibaba" }, env);
    const [warning] = found.warnings;
    const key = found.keyId === undefined ? "" : `key ${found.keyId}, `;
    const fact = `${key}from ${found.source}${warning === undefined ? "" : `; ${warning}`}`;
    const fix = warning === undefined ? null : "See `sampan whoami --cloud alibaba`.";
    return { name, state: warning === undefined ? "ok" : "warning", fact, fix };
  } catch (error) {
    if (!isSampanError(error)) throw error;
    const isMissing = error.details.lookedIn !== undefined;
    return {
      name,
      state: isMissing ? "note" : "warning",
      fact: isMissing ? "none found; rehearsals need none" : error.message,
      fix: isMissing
        ? "For a real account run `aliyun configure`, or set the variables of an access key."
        : error.hint,
    };
  }
}

function checkProxy(env: DoctorWorld["env"]): Check {
  const name = "proxy";
  try {
    const { proxy, noProxy } = proxyFromEnvironment(env);
    if (proxy === undefined) return { name, state: "note", fact: "none set", fix: null };
    const except = noProxy === undefined ? "" : `, except for ${noProxy}`;
    return { name, state: "ok", fact: `the cloud is reached through ${proxy.origin}${except}`, fix: null };
  } catch (error) {
    if (!isSampanError(error)) throw error;
    return { name, state: "failed", fact: error.message, fix: error.hint };
  }
}

interface Tool {
  readonly program: string;
  readonly use: string;
  readonly fix: string;
}

const optionalTools: readonly Tool[] = [
  { program: "qemu-img", use: "checks images in the tests", fix: "On Debian: apt-get install qemu-utils" },
  {
    program: "qemu-system-x86_64",
    use: "boots images in the tests",
    fix: "On Debian: apt-get install qemu-system-x86",
  },
  { program: "mke2fs", use: "makes file systems in the tests", fix: "On Debian: apt-get install e2fsprogs" },
];

/** Live hosts are reached by the system's own OpenSSH, so that the user's keys, agent and configuration count. */
async function checkSsh(env: DoctorWorld["env"]): Promise<Check> {
  const path = await findProgram("ssh", env);
  return path === undefined
    ? {
        name: "ssh",
        state: "note",
        fact: "not found; needed for hosts over SSH",
        fix: "On Debian: apt-get install openssh-client",
      }
    : { name: "ssh", state: "ok", fact: `${path} (reaches hosts)`, fix: null };
}

async function checkTool(tool: Tool, env: DoctorWorld["env"]): Promise<Check> {
  const path = await findProgram(tool.program, env);
  if (path !== undefined)
    return { name: tool.program, state: "ok", fact: `${path} (${tool.use})`, fix: null };
  return {
    name: tool.program,
    state: "note",
    fact: `not found; only wanted for developing Sampan: ${tool.use}`,
    fix: tool.fix,
  };
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
