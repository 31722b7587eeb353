import type { WindowsFacts } from "../../facts.ts";
import type { GuestFiles } from "../../files/guest-files.ts";
import { valueNumber, valueText, valueTexts } from "../../registry/value.ts";
import { hasText } from "../../volumes/fields.ts";
import type { WindowsRegistry } from "./registry.ts";
import { disabled, readServices, startOf } from "./services.ts";

/** Signatures of a `hiberfil.sys` that holds the memory of a system; when it woke up, others stand there. */
const hibernated = ["hibr", "HIBR", "HORM"];

/** Whether the disk holds a hibernated system, fast start included. */
export async function readHibernated(files: GuestFiles): Promise<boolean> {
  const head = await files.read("/hiberfil.sys", 4);
  return head !== undefined && hibernated.some((signature) => hasText(head, 0, signature));
}

/** Whether shutting down keeps the kernel for a fast start; `null` where nothing is set. */
export async function readFastStart(registry: WindowsRegistry): Promise<boolean | null> {
  const { key } = await registry.system("Control\\Session Manager\\Power");
  const value = valueNumber(await key?.value("HiberbootEnabled"));
  return value === undefined ? null : value !== 0;
}

export async function readUac(registry: WindowsRegistry): Promise<WindowsFacts["uac"]> {
  const { key, source } = await registry.software("Microsoft\\Windows\\CurrentVersion\\Policies\\System");
  const value = valueNumber(await key?.value("EnableLUA"));
  return { enabled: value === undefined ? null : value !== 0, source };
}

/**
 * The service that activates Windows (`sppsvc`, with Vista `slsvc`) and the key management server it is told to ask.
 * Before Vista no service does it: `serviceEnabled` is `null`.
 */
export async function readActivation(
  registry: WindowsRegistry,
  major: number | null,
): Promise<WindowsFacts["activation"]> {
  const platform = await registry.software(
    "Microsoft\\Windows NT\\CurrentVersion\\SoftwareProtectionPlatform",
  );
  const vista = await registry.software("Microsoft\\Windows NT\\CurrentVersion\\SL");
  const kmsHost =
    valueText(await platform.key?.value("KeyManagementServiceName")) ||
    valueText(await vista.key?.value("KeyManagementServiceName")) ||
    null;
  const { key: services, source } = await registry.system("Services");
  const early = major !== null && major < 6;
  if (services === undefined || early) {
    const events = "Microsoft\\Windows NT\\CurrentVersion\\WPAEvents";
    return {
      serviceEnabled: null,
      kmsHost,
      source: early ? (await registry.software(events)).source : source,
    };
  }
  for (const name of ["sppsvc", "slsvc"]) {
    const start = await startOf(registry, name);
    if (start !== undefined) {
      return { serviceEnabled: start !== disabled, kmsHost, source: `${source}\\${name}` };
    }
  }
  return { serviceEnabled: false, kmsHost, source: `${source}\\sppsvc` };
}

/** What waits for the next start. */
export async function readPending(
  files: GuestFiles,
  windowsFolder: string,
  registry: WindowsRegistry,
): Promise<readonly string[]> {
  const current = "Microsoft\\Windows\\CurrentVersion";
  const update = await registry.software(`${current}\\WindowsUpdate\\Auto Update\\RebootRequired`);
  const servicing = await registry.software(`${current}\\Component Based Servicing\\RebootPending`);
  const session = (await registry.system("Control\\Session Manager")).key;
  const renames = valueTexts(await session?.value("PendingFileRenameOperations"));
  const pending: string[] = [];
  if (update.key !== undefined) pending.push("Windows Update");
  if (
    servicing.key !== undefined ||
    (await files.stat(`${windowsFolder}/WinSxS/pending.xml`)) !== undefined
  ) {
    pending.push("Component Based Servicing");
  }
  if (renames.length > 0) pending.push("file renames");
  return pending;
}

/** Classes of devices whose filters are loaded before the system disk is found, and Windows's own filters of each. */
const classes = [
  {
    name: "disk",
    guid: "{4d36e967-e325-11ce-bfc1-08002be10318}",
    own: ["partmgr", "ehstorclass", "disk", "iorate"],
  },
  {
    name: "volume",
    guid: "{71a27cdd-812a-11d0-bec7-08002be2092f}",
    own: ["volsnap", "fvevol", "rdyboost", "iorate", "ehstorclass", "volume"],
  },
];

/** Filters on every disk or volume beyond Windows's own. */
export async function readDiskFilters(
  files: GuestFiles,
  windowsFolder: string,
  registry: WindowsRegistry,
): Promise<WindowsFacts["diskFilters"]> {
  const filters: WindowsFacts["diskFilters"][number][] = [];
  for (const { name: kind, guid, own } of classes) {
    const { key, source } = await registry.system(`Control\\Class\\${guid}`);
    for (const list of ["UpperFilters", "LowerFilters"]) {
      for (const name of valueTexts(await key?.value(list))) {
        if (own.includes(name.toLowerCase())) continue;
        const [service] = await readServices([name], files, windowsFolder, registry);
        filters.push({
          name,
          class: kind,
          source,
          fileThere: service === undefined ? false : service.fileThere,
        });
      }
    }
  }
  return filters;
}
