import { randomBytes } from "node:crypto";
import { constants, existsSync } from "node:fs";
import { access, statfs, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { asSampanError, formatBytes, GiB, isSampanError } from "@sampan/core";
import { sampanHome } from "@sampan/sdk";
import { maskKey } from "../run/confirm.ts";
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
  const { credentialsFromEnvironment } = await import("@sampan/cloud");
  try {
    const { accessKeyId, securityToken } = credentialsFromEnvironment(env);
    const kind = securityToken === undefined ? "access key" : "temporary access key";
    return { name, state: "ok", fact: `${kind} ${maskKey(accessKeyId)} from the environment`, fix: null };
  } catch (error) {
    if (!isSampanError(error, "CLOUD_CREDENTIALS_MISSING")) throw error;
    const half = /is set but/.test(error.message);
    return {
      name,
      state: half ? "warning" : "note",
      fact: half ? error.message.replace(/^[^:]*: /, "") : "none in the environment; rehearsals need none",
      fix: half
        ? error.hint
        : "For a real account set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET.",
    };
  }
}

function checkProxy(env: DoctorWorld["env"]): Check {
  const set = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY"].filter(
    (key) => env[key],
  );
  if (set.length === 0) return { name: "proxy", state: "note", fact: "none set", fix: null };
  return {
    name: "proxy",
    state: "warning",
    fact: `${set.join(", ")} set, which uploads do not use`,
    fix: "If the cloud can only be reached through the proxy, run where it can be reached directly.",
  };
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

async function checkTool(tool: Tool, env: DoctorWorld["env"]): Promise<Check> {
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    const path = join(folder, tool.program);
    const found = await access(path, constants.X_OK).then(
      () => folder !== "",
      () => false,
    );
    if (found) return { name: tool.program, state: "ok", fact: `${path} (${tool.use})`, fix: null };
  }
  return {
    name: tool.program,
    state: "note",
    fact: `not found; only wanted for developing Sampan: ${tool.use}`,
    fix: tool.fix,
  };
}
