import type { Argv } from "../../connection/shell.ts";
import { registryChange, type WindowsChange } from "./change.ts";
import { registryNumbers, remoteDesktopGroup, type WindowsState } from "./read-state.ts";

/** The steps of preparing a Windows host, by the ids with which they are chosen or left out. */
export const windowsSteps = ["firewall", "uac", "remote-desktop", "sleep", "hibernation"] as const;

/** Profiles of the firewall: as the registry's numbers and `netsh` call them, and people. */
const profiles = [
  { number: "domainFirewall", netsh: "domainprofile", early: "DOMAIN", title: "domain" },
  { number: "privateFirewall", netsh: "privateprofile", early: "STANDARD", title: "private" },
  { number: "publicFirewall", netsh: "publicprofile", early: null, title: "public" },
] as const;

/**
 * What preparing a Windows host for an image would change, as the first guide to image migration asks for it (§5.1: firewall and
 * UAC off, remote desktop on) and so that it does not sleep while it is captured. Nothing for what is so already.
 */
export function planWindowsChanges(state: WindowsState): readonly WindowsChange[] {
  return [...firewall(state), ...accountControl(state), ...remoteDesktop(state), ...sleep(state)];
}

function firewall({ major, numbers }: WindowsState): WindowsChange[] {
  return profiles.flatMap(({ number, netsh, early, title }): WindowsChange[] => {
    if (numbers[number] !== 1 || (major < 6 && early === null)) return [];
    const turn = (on: boolean): Argv =>
      major < 6
        ? ["netsh.exe", "firewall", "set", "opmode", `mode=${on ? "ENABLE" : "DISABLE"}`, `profile=${early}`]
        : ["netsh.exe", "advfirewall", "set", netsh, "state", on ? "on" : "off"];
    return [
      {
        step: "firewall",
        title: `Windows firewall, ${title} profile`,
        now: "on",
        becomes: "off",
        commands: [turn(false)],
        undo: [turn(true)],
      },
    ];
  });
}

function accountControl({ major, numbers }: WindowsState): WindowsChange[] {
  // XP and Server 2003 have none.
  if (major < 6) return [];
  const changes = [
    ["userAccountControl", "User Account Control", 1],
    ["administratorPrompt", "What UAC asks administrators", 5],
  ] as const;
  return changes.flatMap(([id, title, usual]): WindowsChange[] => {
    const before = numbers[id];
    if (before === 0) return [];
    return [
      {
        step: "uac",
        title,
        now: before === undefined ? `not set, which means ${usual}` : String(before),
        becomes: "0, from the next start on",
        ...registryChange(registryNumbers[id], before, 0),
      },
    ];
  });
}

function remoteDesktop({ numbers, remoteDesktopRules }: WindowsState): WindowsChange[] {
  const changes: WindowsChange[] = [];
  const before = numbers.denyRemoteDesktop;
  if (before !== 0) {
    changes.push({
      step: "remote-desktop",
      title: "Remote desktop",
      now: before === undefined ? "not set, which means denied" : "denied",
      becomes: "allowed",
      ...registryChange(registryNumbers.denyRemoteDesktop, before, 0),
    });
  }
  if (remoteDesktopRules !== null && remoteDesktopRules.on < remoteDesktopRules.all) {
    const { all, on } = remoteDesktopRules;
    const turn = (value: "yes" | "no"): Argv => [
      "netsh.exe",
      "advfirewall",
      "firewall",
      "set",
      "rule",
      `group=${remoteDesktopGroup}`,
      "new",
      `enable=${value}`,
    ];
    changes.push({
      step: "remote-desktop",
      title: "Rules of the firewall for remote desktop",
      now: `${on} of ${all} on`,
      becomes: on === 0 ? "on" : "on, and stay so: which were on is not kept",
      commands: [turn("yes")],
      undo: on === 0 ? [turn("no")] : [],
    });
  }
  return changes;
}

function sleep({ major, numbers, sleepSeconds }: WindowsState): WindowsChange[] {
  const changes: WindowsChange[] = [];
  if (major < 6) return changes;
  if (sleepSeconds !== null && sleepSeconds !== 0) {
    // powercfg takes minutes; what is less than one comes back as one.
    const minutes = Math.max(1, Math.round(sleepSeconds / 60));
    const set = (value: number): Argv => ["powercfg.exe", "-change", "-standby-timeout-ac", String(value)];
    changes.push({
      step: "sleep",
      title: "Sleep when on mains",
      now: `after ${minutes} min`,
      becomes: "never",
      commands: [set(0)],
      undo: [set(minutes)],
    });
  }
  if (numbers.hibernate === 1) {
    changes.push({
      step: "hibernation",
      title: "Hibernation, and fast start with it",
      now: "on",
      becomes: "off",
      commands: [["powercfg.exe", "-h", "off"]],
      undo: [["powercfg.exe", "-h", "on"]],
    });
  }
  return changes;
}
