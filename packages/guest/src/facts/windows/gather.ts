import type { BootMode, WindowsFacts } from "../../facts.ts";
import type { GuestFiles } from "../../files/guest-files.ts";
import type { DiskLayout } from "../../volumes/layout.ts";
import type { Gathering } from "../gathering.ts";
import { readWindowsArchitecture } from "./architecture.ts";
import {
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
import type { WindowsRegistry } from "./registry.ts";
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

/** What the facts of a Windows are gathered from, wherever it lies or runs. */
export interface WindowsSources {
  readonly registry: WindowsRegistry;
  readonly files: GuestFiles;
  /** Path of the system folder: `/Windows`. */
  readonly windowsFolder: string;
  readonly gather: Gathering;
  readonly layout: DiskLayout;
  /** Index of the volume that holds Windows. */
  readonly systemVolume: number;
  readonly bootMode: BootMode | null;
  readonly bootConfiguration: string | null;
  readonly bootManager: string | null;
}

/** Gathers the facts of a Windows; what cannot be read becomes a note. */
export async function gatherWindowsFacts(sources: WindowsSources): Promise<WindowsFacts> {
  const { registry, files, windowsFolder, gather, layout } = sources;
  const identity = await gather.attempt("the version", () => readWindowsIdentity(registry), unknownIdentity);
  const architecture = await gather.attempt(
    "the architecture",
    () => readWindowsArchitecture(files, windowsFolder, registry),
    null,
  );
  return {
    type: "windows",
    family: "windows",
    ...identity,
    architecture,
    bits: architecture === null ? null : architecture === "i386" || architecture === "arm" ? 32 : 64,
    bootMode: sources.bootMode,
    systemVolume: sources.systemVolume,
    systemRoot: windowsFolder,
    hostname: await gather.attempt("the host name", () => readWindowsHostname(registry), null),
    bootConfiguration: sources.bootConfiguration,
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
    bootManager: sources.bootManager,
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
