import type { LinuxFacts } from "../facts.ts";
import type { GuestFiles } from "../files/guest-files.ts";
import type { BootServices } from "./boot-services.ts";
import { textLines } from "./lines.ts";

const programs = ["/usr/bin/cloud-init", "/usr/local/bin/cloud-init", "/usr/sbin/cloud-init"];
const mainFile = "/etc/cloud/cloud.cfg";
/** Services in which cloud-init runs, by version and init system. */
const bootServices =
  "cloud-init-local cloud-init cloud-init-main cloud-init-network cloud-config cloud-final cloud-init-nonet".split(
    " ",
  );

/** Whether cloud-init is installed, whether it runs at boot, and where it looks for its data. */
export async function readCloudInit(
  files: GuestFiles,
  services: BootServices,
  kernelArguments: readonly string[],
): Promise<LinuxFacts["cloudInit"]> {
  let installed = false;
  for (const path of [...programs, mainFile]) installed ||= (await files.stat(path)) !== undefined;
  return {
    installed,
    enabledAtBoot: installed ? await runsAtBoot(files, services, kernelArguments) : null,
    datasources: await readDatasources(files),
  };
}

async function runsAtBoot(
  files: GuestFiles,
  services: BootServices,
  kernelArguments: readonly string[],
): Promise<boolean | null> {
  const disabled = kernelArguments.includes("cloud-init=disabled");
  if (disabled || (await files.stat("/etc/cloud/cloud-init.disabled"))) return false;
  let there = false;
  for (const name of bootServices) {
    const facts = await services.facts(name);
    if (facts?.enabledAtBoot) return true;
    there ||= facts !== null;
  }
  return there ? false : null;
}

/** The list of the last file that has one, as cloud-init itself merges them. */
async function readDatasources(files: GuestFiles): Promise<readonly string[] | null> {
  const folder = "/etc/cloud/cloud.cfg.d";
  const parts = (await files.list(folder)).filter((name) => name.endsWith(".cfg"));
  let found: readonly string[] | null = null;
  for (const path of [mainFile, ...parts.map((name) => `${folder}/${name}`)]) {
    found = datasourcesIn((await files.readText(path)) ?? "") ?? found;
  }
  return found;
}

/** `datasource_list` of a file: in brackets, over one line or several, or as items below. */
export function datasourcesIn(text: string): readonly string[] | undefined {
  const lines = textLines(text).map((line) => line.replace(/(?:^|\s)#.*/, ""));
  const start = lines.findIndex((line) => /^datasource_list\s*:/.test(line));
  if (start < 0) return undefined;
  let value = lines[start]?.slice(lines[start]?.indexOf(":") + 1).trim() ?? "";
  for (const line of lines.slice(start + 1, start + 200)) {
    const item = /^\s*-\s+(\S.*)$/.exec(line)?.[1];
    if (value.startsWith("[") ? value.includes("]") : item === undefined && line.trim() !== "") break;
    value += value.startsWith("[") ? ` ${line.trim()}` : `,${item ?? ""}`;
  }
  return value
    .replace(/[[\]]/g, "")
    .split(",")
    .map((name) => name.trim().replace(/^(["'])(.*)\1$/, "$2"))
    .filter((name) => name !== "");
}
