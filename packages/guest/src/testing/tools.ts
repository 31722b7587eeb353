import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const env = { ...process.env, PATH: `${process.env.PATH ?? ""}:/usr/sbin:/sbin`, LC_ALL: "C", TZ: "UTC" };

/** Runs a system tool and gives what it printed; throws when it ends with a status that is not `accepted`. */
export function runTool(
  command: string,
  args: readonly string[],
  input = "",
  accepted: readonly number[] = [0],
): string {
  const result = spawnSync(command, args, { env, input, maxBuffer: 256 * 1024 * 1024 });
  const said = `${result.stdout}`;
  if (result.error) throw result.error;
  if (!accepted.includes(result.status ?? -1)) {
    throw new Error(
      `${command} ${args.join(" ")} ended with ${result.status}\n${result.stderr}${said.slice(0, 2000)}`,
    );
  }
  return said;
}

/** Whether the tools are all installed. With `CI` set they must be. */
export function hasTools(...commands: readonly string[]): boolean {
  const missing = commands.filter((command) => {
    try {
      execFileSync("which", [command], { env, stdio: "ignore" });
      return false;
    } catch {
      return true;
    }
  });
  if (missing.length > 0 && process.env.CI)
    throw new Error(`not installed, and CI is set: ${missing.join(", ")}`);
  return missing.length === 0;
}

/** Folder of images made by others, from `SAMPAN_CORPORA` or beside the repository; `undefined` when there is none. */
export function corporaFolder(): string | undefined {
  const beside = fileURLToPath(new URL("../../../../../shared/corpora", import.meta.url));
  const folder = process.env.SAMPAN_CORPORA ?? beside;
  return existsSync(folder) ? folder : undefined;
}
