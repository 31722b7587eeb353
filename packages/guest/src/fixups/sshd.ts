import { readBootService } from "../facts/boot-services.ts";
import { textLines, wordsOf } from "../facts/lines.ts";
import type { GuestFiles, WritableGuestFiles } from "../files/guest-files.ts";
import { commented, editLines } from "./edit-lines.ts";
import type { Fixup, FixupContext, FixupSettings } from "./fixup.ts";
import { switchOn } from "./switch-on.ts";

const main = "/etc/ssh/sshd_config";
const dropIns = "/etc/ssh/sshd_config.d";
const names = ["sshd", "ssh"];

export const sshd: Fixup = {
  id: "sshd",
  summary:
    "Has the SSH server start at boot and listen on every address; its port stays, and so does PermitRootLogin unless chosen otherwise.",
  appliesTo(guest) {
    return guest.type === "linux" && guest.sshd.installed;
  },
  async apply(files, context) {
    if (!(await startsAtBoot(files))) await start(files);
    for (const path of await configurations(files)) await listenEverywhere(files, path, context);
    await setRootLogin(files, context.settings);
    const denied = textLines(await files.readText("/etc/hosts.deny")).find((line) =>
      /^(ALL|sshd)[ \t]*:/i.test(wordsOf(line).join(" ")),
    );
    if (denied !== undefined) {
      context.note(
        `/etc/hosts.deny says "${denied.trim()}": it may keep you out on ECS, and was left as it is`,
      );
    }
  },
};

/** In the order in which sshd reads them: the first value counts. */
async function configurations(files: GuestFiles): Promise<readonly string[]> {
  const parts = (await files.list(dropIns)).filter((name) => name.endsWith(".conf"));
  const included = textLines(await files.readText(main)).some((line) => /^\s*Include\s/i.test(line));
  return [...(included ? parts.map((name) => `${dropIns}/${name}`) : []), main];
}

async function startsAtBoot(files: GuestFiles): Promise<boolean> {
  for (const name of names) {
    const service = await readBootService(files, name);
    if (service.links.length + service.upstartJobs.length > 0) return true;
    const socket = `/etc/systemd/system/sockets.target.wants/${name}.socket`;
    if (await files.stat(socket, { followLink: false })) return true;
  }
  return false;
}

async function start(files: WritableGuestFiles): Promise<void> {
  // Debian's own way to say no.
  await files.remove("/etc/ssh/sshd_not_to_be_run");
  for (const name of names) if (await switchOn(files, name)) return;
}

/** An address of the old network cannot be bound on ECS, and sshd ends without one. */
async function listenEverywhere(
  files: WritableGuestFiles,
  path: string,
  { note }: FixupContext,
): Promise<void> {
  const ports = new Set<string>();
  let matching = false;
  await editLines(files, path, (line) => {
    const [key = "", address = ""] = line.trim().split(/[\s=]+/);
    if (/^match$/i.test(key)) matching = true;
    if (matching || !/^listenaddress$/i.test(key)) return line;
    const [host, port] = cutPort(address);
    if (["0.0.0.0", "::", "*"].includes(host)) {
      if (host !== "::") ports.add(port);
      return line;
    }
    if (/^(127\.|localhost$|::1$)/.test(host)) {
      note(`the SSH server listens on ${address}, which nothing outside reaches; that was left as it is`);
      return line;
    }
    if (ports.has(port)) return commented(line);
    ports.add(port);
    return line.replace(address, port === "" ? "0.0.0.0" : `0.0.0.0:${port}`);
  });
}

function cutPort(address: string): readonly [host: string, port: string] {
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/.exec(address);
  if (bracketed) return [bracketed[1] ?? "", bracketed[2] ?? ""];
  const parts = address.split(":");
  return parts.length === 2 ? [parts[0] ?? "", parts[1] ?? ""] : [address, ""];
}

async function setRootLogin(files: WritableGuestFiles, settings: FixupSettings): Promise<void> {
  const value = settings.permitRootLogin;
  if (value === null) return;
  let said = false;
  for (const path of await configurations(files)) {
    let matching = false;
    await editLines(files, path, (line) => {
      if (/^[ \t]*match\b/i.test(line)) {
        // Behind this it would hold for some users only.
        const first = !matching && !said && path === main;
        matching = true;
        if (!first) return line;
        said = true;
        return [`PermitRootLogin ${value}`, line];
      }
      const setting = /^([ \t]*PermitRootLogin[ \t=]+)(\S+)(.*)$/i.exec(line);
      if (matching || setting === null) return line;
      said = true;
      return `${setting[1]}${value}${setting[3]}`;
    });
  }
  if (!said) {
    let begun = false;
    await editLines(files, main, (line) => {
      if (begun) return line;
      begun = true;
      return [`PermitRootLogin ${value}`, line];
    });
  }
}
