import type { WindowsFacts } from "../../facts.ts";
import type { OpenedGuest } from "../../open-guest.ts";
import { readBootMode } from "../boot-mode.ts";
import { type FactSources, Gathering } from "../gathering.ts";
import { readWindowsArchitecture } from "./architecture.ts";
import { findBootConfiguration } from "./boot.ts";
import {
  findBootManager,
  readDriverInstallDisabled,
  readHotfixes,
  readImageState,
  readXenHiddenDevices,
} from "./image-items.ts";
import {
  readRemoteDesktop,
  readWindowsFirewall,
  readWindowsHostname,
  readWindowsInterfaces,
} from "./network.ts";
import { WindowsRegistry } from "./registry.ts";
import { readWindowsIdentity, type WindowsIdentity } from "./release.ts";
import { readCloudAssistant, readDrivers, readHypervisorTools } from "./services.ts";
import {
  readActivation,
  readDiskFilters,
  readFastStart,
  readHibernated,
  readPending,
  readUac,
} from "./state.ts";

/** Gathers every fact of a Windows guest from its registry and files. */
export async function readWindowsFacts(
  opened: OpenedGuest,
  windowsFolder: string,
  { source, layout, notes, signal }: FactSources,
): Promise<WindowsFacts> {
  const { files, root } = opened;
  const gather = new Gathering(notes, signal);
  const registry = await WindowsRegistry.open(files, windowsFolder, notes);
  const identity = await gather.attempt("the version", () => readWindowsIdentity(registry), unknownIdentity);
  const architecture = await gather.attempt(
    "the architecture",
    () => readWindowsArchitecture(files, windowsFolder, registry),
    null,
  );
  const boot = await findBootConfiguration(opened, layout);
  return {
    type: "windows",
    family: "windows",
    ...identity,
    architecture,
    bits: architecture === null ? null : architecture === "i386" || architecture === "arm" ? 32 : 64,
    bootMode: (await readBootMode(source, layout, signal)) ?? boot?.mode ?? null,
    systemVolume: root.index,
    systemRoot: windowsFolder,
    hostname: await gather.attempt("the host name", () => readWindowsHostname(registry), null),
    bootConfiguration: boot?.path ?? null,
    drivers: await gather.attempt("drivers", () => readDrivers(files, windowsFolder, registry), []),
    remoteDesktop: await gather.attempt("remote desktop", () => readRemoteDesktop(registry), {
      enabled: null,
      port: null,
      source: "",
    }),
    firewall: await gather.attempt("the firewall", () => readWindowsFirewall(registry), []),
    uac: await gather.attempt("UAC", () => readUac(registry), { enabled: null, source: "" }),
    activation: await gather.attempt("activation", () => readActivation(registry, identity.major), {
      serviceEnabled: null,
      kmsHost: null,
      source: "",
    }),
    hibernated: await gather.attempt("hibernation", () => readHibernated(files), null),
    fastStart: await gather.attempt("fast start", () => readFastStart(registry), null),
    pending: await gather.attempt("pending work", () => readPending(files, windowsFolder, registry), []),
    diskFilters: await gather.attempt(
      "filters of disks",
      () => readDiskFilters(files, windowsFolder, registry),
      [],
    ),
    bitLocker: layout.volumes.some((volume) => volume.fileSystem?.kind === "bitlocker"),
    interfaces: await gather.attempt("network interfaces", () => readWindowsInterfaces(registry), []),
    hypervisorTools: await gather.attempt(
      "hypervisor tools",
      () => readHypervisorTools(files, windowsFolder, registry),
      [],
    ),
    bootManager: await findBootManager(opened),
    hotfixes: await gather.attempt("installed updates", () => readHotfixes(files, windowsFolder), null),
    imageState: await gather.attempt("the state of the set-up", () => readImageState(registry), null),
    xenHiddenDevices: await gather.attempt("Xen drivers", () => readXenHiddenDevices(registry), null),
    driverInstallDisabledBy: await gather.attempt(
      "the installation of drivers",
      () => readDriverInstallDisabled(registry),
      null,
    ),
    cloudAssistant: await gather.attempt(
      "Cloud Assistant",
      () => readCloudAssistant(files, windowsFolder, registry),
      null,
    ),
  };
}

const unknownIdentity: WindowsIdentity = {
  name: "Windows",
  version: null,
  major: null,
  minor: null,
  build: null,
  productType: null,
  edition: null,
  servicePack: null,
};
