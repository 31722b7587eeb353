import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Whether the oracle is installed. With `CI` set it must be. */
export const hasQemuImg = ((): boolean => {
  try {
    execFileSync("qemu-img", ["--version"], { stdio: "ignore" });
    return true;
  } catch (error) {
    if (process.env.CI) throw new Error("qemu-img is not installed, and CI is set", { cause: error });
    return false;
  }
})();

/** Runs qemu-img and gives what it printed; fails when it does. */
export async function qemuImg(...args: readonly string[]): Promise<string> {
  return (await run("qemu-img", args)).stdout;
}

/** The virtual size qemu-img sees, with the options of its driver. */
export async function qemuVirtualSize(driver: string, path: string, options = ""): Promise<number> {
  const image = `driver=${driver},file.driver=file,file.filename=${path}${options}`;
  return JSON.parse(await qemuImg("info", "--output=json", "--image-opts", image))["virtual-size"];
}

/** Fails unless qemu-img finds the same disk in both; the shorter counts as followed by zeros. */
export async function qemuCompare(
  [pathA, formatA]: readonly [string, string],
  [pathB, formatB]: readonly [string, string],
): Promise<void> {
  await qemuImg("compare", "-f", formatA, "-F", formatB, pathA, pathB);
}
