import { isSampanError } from "@sampan/core";
import type { WindowsFacts } from "../../facts.ts";
import type { GuestFiles } from "../../files/guest-files.ts";
import { MountedFiles } from "../../files/mounted-files.ts";
import type { OpenedGuest } from "../../open-guest.ts";
import { valueNumber, valueText, valueTexts } from "../../registry/value.ts";
import type { WindowsRegistry } from "./registry.ts";

/*
 * What ECS's own image check looks at in Windows beyond the rest: vendor page "Check and repair custom images", 2026.
 */

const bootManagers = ["/bootmgr", "/EFI/Microsoft/Boot/bootmgfw.efi", "/ntldr"];

/** The boot manager, on whichever volume of the disk it lies; `null` when there is none. */
export async function findBootManager(opened: OpenedGuest): Promise<string | null> {
  for (const path of bootManagers) {
    for (const volume of opened.volumes.keys()) {
      try {
        if ((await new MountedFiles(volume).stat(path))?.kind === "file") return path;
      } catch (error) {
        if (!isSampanError(error) || !error.code.startsWith("GUEST_")) throw error;
      }
    }
  }
  return null;
}

/**
 * Numbers of the updates whose packages are there, such as `KB5009624`; `null` when the folder of packages is missing.
 *
 * By the names of files: the registry has the same in thousands of keys all over its largest hive.
 */
export async function readHotfixes(
  files: GuestFiles,
  windowsFolder: string,
): Promise<WindowsFacts["hotfixes"]> {
  const folder = `${windowsFolder}/servicing/Packages`;
  if ((await files.stat(folder))?.kind !== "directory") return null;
  const found = new Set<string>();
  for (const name of await files.list(folder)) {
    const number = /^Package(?:_\d{1,6})?_for_(KB\d{6,8})(?:~|_)/i.exec(name)?.[1];
    if (number !== undefined && /\.mum$/i.test(name)) found.add(number.toUpperCase());
  }
  return [...found].sort();
}

/** How far Windows's set-up has come: `IMAGE_STATE_COMPLETE`, or what Sysprep left; `null` where nothing says. */
export async function readImageState(registry: WindowsRegistry): Promise<string | null> {
  const { key } = await registry.software("Microsoft\\Windows\\CurrentVersion\\Setup\\State");
  return valueText(await key?.value("ImageState")) || null;
}

/** The devices a Xen driver hides from Windows; `null` when there are none. */
export async function readXenHiddenDevices(
  registry: WindowsRegistry,
): Promise<WindowsFacts["xenHiddenDevices"]> {
  const { key, source } = await registry.system("Services\\XenPCI\\Parameters");
  const devices = valueTexts(await key?.value("hide_devices"));
  return devices.length === 0 ? null : { devices, source };
}

/** The key that keeps Windows from installing drivers; `null` when none does. */
export async function readDriverInstallDisabled(registry: WindowsRegistry): Promise<string | null> {
  for (const service of ["DeviceInstall", "PlugPlay"]) {
    const { key, source } = await registry.system(`Services\\${service}\\Parameters`);
    const value = valueNumber(await key?.value("DeviceInstallDisabled"));
    if (value !== undefined && value !== 0) return source;
  }
  return null;
}
