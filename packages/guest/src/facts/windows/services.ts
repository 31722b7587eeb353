import type { WindowsServiceFacts } from "../../facts.ts";
import type { GuestFiles } from "../../files/guest-files.ts";
import { valueNumber, valueText } from "../../registry/value.ts";
import type { WindowsRegistry } from "./registry.ts";

/** Drivers a disk or network card of ECS needs: virtio, and NVMe. */
const driverNames = ["viostor", "vioscsi", "netkvm", "stornvme"];

/** Services and drivers of other hypervisors' and clouds' tools, by the name of their key. */
const hypervisorToolNames = [
  "VMTools",
  "VGAuthService",
  "vmvss",
  "VBoxService",
  "VBoxGuest",
  "xenbus",
  "xenvbd",
  "xennet",
  "xensvc",
  "XenAgent",
  "XenGuestAgent",
  "prl_tools",
  "Ec2Config",
  "AmazonSSMAgent",
  "AmazonEC2Launch",
  "AWSNVMe",
  "WindowsAzureGuestAgent",
  "RdAgent",
  "GCEAgent",
];

/** The start type of a service that is switched off. */
export const disabled = 4;

/** The drivers of virtio and NVMe that are installed. */
export function readDrivers(
  files: GuestFiles,
  windowsFolder: string,
  registry: WindowsRegistry,
): Promise<readonly WindowsServiceFacts[]> {
  return readServices(driverNames, files, windowsFolder, registry);
}

/** The services of other hypervisors' tools that are installed. */
export function readHypervisorTools(
  files: GuestFiles,
  windowsFolder: string,
  registry: WindowsRegistry,
): Promise<readonly WindowsServiceFacts[]> {
  return readServices(hypervisorToolNames, files, windowsFolder, registry);
}

/** Cloud Assistant, by the name its installer gives it; `null` when it is not installed. */
export async function readCloudAssistant(
  files: GuestFiles,
  windowsFolder: string,
  registry: WindowsRegistry,
): Promise<WindowsServiceFacts | null> {
  return (await readServices(["AliyunService"], files, windowsFolder, registry))[0] ?? null;
}

/** The start type of a service; `undefined` when it is not installed, `null` when it has none. */
export async function startOf(registry: WindowsRegistry, name: string): Promise<number | null | undefined> {
  const { key } = await registry.system(`Services\\${name}`);
  if (key === undefined) return undefined;
  // What Windows 8 and later learnt about the hardware at hand goes before what was configured.
  const override = valueNumber(await (await key.subkey("StartOverride"))?.value("0"));
  return override ?? valueNumber(await key.value("Start")) ?? null;
}

export async function readServices(
  names: readonly string[],
  files: GuestFiles,
  windowsFolder: string,
  registry: WindowsRegistry,
): Promise<readonly WindowsServiceFacts[]> {
  const services: WindowsServiceFacts[] = [];
  for (const name of names) {
    const { key, source } = await registry.system(`Services\\${name}`);
    if (key === undefined) continue;
    const path = imageFile(valueText(await key.value("ImagePath")) ?? "", windowsFolder);
    services.push({
      name,
      start: (await startOf(registry, name)) ?? null,
      fileThere: path === null ? null : (await files.stat(path))?.kind === "file",
      source,
    });
  }
  return services;
}

/**
 * The file an `ImagePath` names: relative to the system folder, by a variable, by a drive, which is taken for the system's
 * own, and with or without quotes and arguments. `null` when it names none.
 */
export function imageFile(imagePath: string, windowsFolder: string): string | null {
  const text = imagePath.slice(0, 1024).trim();
  const quoted = /^"([^"]*)"/.exec(text)?.[1];
  const named = quoted ?? /^.*?\.(?:sys|exe|dll)(?=\s|$)/i.exec(text)?.[0];
  if (named === undefined || named === "") return null;
  const path = named.replaceAll("\\", "/").replace(/^\/\?\?\//, "");
  const inFolder = /^(?:\/SystemRoot|%SystemRoot%|%windir%)\/(.*)$/i.exec(path)?.[1];
  if (inFolder !== undefined) return `${windowsFolder}/${inFolder}`;
  if (/^[A-Za-z]:\//.test(path)) return path.slice(2);
  return path.startsWith("/") ? path : `${windowsFolder}/${path}`;
}
