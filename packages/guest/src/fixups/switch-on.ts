import { isSystemd, readBootService } from "../facts/boot-services.ts";
import { textLines, wordsOf } from "../facts/lines.ts";
import type { GuestFiles, WritableGuestFiles } from "../files/guest-files.ts";
import { editLines } from "./edit-lines.ts";

const systemUnits = "/etc/systemd/system";

/**
 * Has a service start at boot, as `systemctl enable`, `rc-update add` and `chkconfig on` do; a mask is taken off. False
 * when it is not installed: then nothing was changed.
 */
export async function switchOn(files: WritableGuestFiles, name: string): Promise<boolean> {
  const service = await readBootService(files, name);
  if (service.links.length + service.upstartJobs.length > 0) return true;
  const unit = await vendorUnit(files, name);
  if (unit !== undefined && (await isSystemd(files))) {
    if ((await files.readLink(`${systemUnits}/${name}.service`)) === "/dev/null") {
      await files.remove(`${systemUnits}/${name}.service`);
    }
    await files.link(`${systemUnits}/multi-user.target.wants/${name}.service`, unit);
    return true;
  }
  if ((await files.stat(`/etc/init/${name}.conf`)) !== undefined) {
    await editLines(files, `/etc/init/${name}.override`, (line) => (line.trim() === "manual" ? [] : line));
    return true;
  }
  return switchOnScript(files, name);
}

/** The unit file as installed; masks and aliases, which are links of the administrator's folder, are looked past. */
export async function vendorUnit(files: GuestFiles, name: string): Promise<string | undefined> {
  for (const folder of ["/usr/lib/systemd/system", "/lib/systemd/system"]) {
    const path = `${folder}/${name}.service`;
    if ((await files.stat(path))?.kind === "file") return path;
  }
  const own = `${systemUnits}/${name}.service`;
  return (await files.stat(own, { followLink: false }))?.kind === "file" ? own : undefined;
}

async function switchOnScript(files: WritableGuestFiles, name: string): Promise<boolean> {
  let script: string | undefined;
  for (const path of [`/etc/rc.d/init.d/${name}`, `/etc/init.d/${name}`]) {
    if (script === undefined && (await files.stat(path))?.kind === "file") script = path;
  }
  if (script === undefined) return false;
  if ((await files.stat("/etc/runlevels"))?.kind === "directory") {
    await files.link(`/etc/runlevels/default/${name}`, script);
    return true;
  }
  const base = (await files.stat("/etc/rc.d/rc3.d")) !== undefined ? "/etc/rc.d" : "/etc";
  // What chkconfig reads: `# chkconfig: 2345 55 25`.
  const header = textLines(await files.readText(script)).find((line) => /^#\s*chkconfig:/.test(line)) ?? "";
  const [, levels = "2345", order = "20"] = wordsOf(header.replace(/^#/, ""));
  const wanted = /^[0-6]+$/.test(levels) ? levels : "2345";
  for (const level of [...wanted].filter((one) => "2345".includes(one))) {
    const folder = `${base}/rc${level}.d`;
    for (const entry of await files.list(folder)) {
      if (/^K\d\d/.test(entry) && entry.slice(3) === name) await files.remove(`${folder}/${entry}`);
    }
    await files.link(`${folder}/S${order.padStart(2, "0").slice(-2)}${name}`, `../init.d/${name}`);
  }
  return true;
}
