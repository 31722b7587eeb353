import { readBootService } from "../facts/boot-services.ts";
import { networkManagerServices } from "../facts/services.ts";
import type { WritableGuestFiles } from "../files/guest-files.ts";

/**
 * Keeps a service from starting at boot, as `systemctl disable` and `chkconfig off` do: wants-links and aliases are
 * removed, System V start links become kill links, upstart jobs get an override.
 */
export async function switchOff(files: WritableGuestFiles, name: string): Promise<void> {
  const service = await readBootService(files, name);
  for (const link of service.links) {
    const start = /^(.*\/rc[2-5]\.d)\/S(\d\d)(.+)$/.exec(link);
    const target = await files.readLink(link);
    await files.remove(link);
    if (start && target !== undefined) {
      const [, folder = "", priority = "", rest = ""] = start;
      await files.link(`${folder}/K${String(100 - Number(priority)).padStart(2, "0")}${rest}`, target);
    }
  }
  for (const job of service.upstartJobs) {
    await files.write(job.replace(/\.conf$/, ".override"), "manual\n");
  }
  if (service.packageLinks.length > 0) await files.link(`/etc/systemd/system/${name}.service`, "/dev/null");
  if (service.links.length === 0) return;
  for (const entry of await files.list("/etc/systemd/system")) {
    const path = `/etc/systemd/system/${entry}`;
    if (!entry.endsWith(".service") || entry === `${name}.service`) continue;
    if ((await files.readLink(path))?.endsWith(`/${name}.service`)) await files.remove(path);
  }
}

/** NetworkManager and the units that come and go with it. */
export const networkManagerUnits: readonly string[] = [
  ...networkManagerServices,
  "NetworkManager-dispatcher",
  "NetworkManager-wait-online",
];
