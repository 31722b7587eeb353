import type { GuestFiles } from "../files/guest-files.ts";
import { pairOf, textLines } from "./lines.ts";
import { parseShellVariables } from "./shell-variables.ts";

/** Which distribution a guest is. */
export interface Identity {
  readonly family: string;
  readonly name: string;
  readonly version: string | null;
  readonly major: number | null;
  readonly minor: number | null;
}

/** os-release ids that name editions of one family. */
const families: Readonly<Record<string, string>> = {
  "opensuse-leap": "opensuse",
  "opensuse-tumbleweed": "opensuse",
  sles_sap: "sles",
  sled: "sles",
  ol: "oracle",
  oracleserver: "oracle",
  amzn: "amazon",
  rhel: "rhel",
  redhat: "rhel",
  redhatenterpriseserver: "rhel",
  alinux: "alinux",
  aliyun: "alinux",
  openeuler: "openeuler",
  uos: "uos",
  uniontech: "uos",
};

/** Files of one line that name a Red Hat style distribution, the most exact first. */
const releaseFiles = [
  "/etc/centos-release",
  "/etc/rocky-release",
  "/etc/almalinux-release",
  "/etc/oracle-release",
  "/etc/fedora-release",
  "/etc/anolis-release",
  "/etc/alinux-release",
  "/etc/openEuler-release",
  "/etc/kylin-release",
  "/etc/redhat-release",
  "/etc/system-release",
];

const releaseNames: readonly (readonly [RegExp, string])[] = [
  [/^CentOS/i, "centos"],
  [/^Red Hat/i, "rhel"],
  [/^Rocky/i, "rocky"],
  [/^AlmaLinux/i, "almalinux"],
  [/^Oracle/i, "oracle"],
  [/^Fedora/i, "fedora"],
  [/^Amazon/i, "amazon"],
  [/^Anolis/i, "anolis"],
  [/^(Alibaba Cloud|Aliyun)/i, "alinux"],
  [/^openEuler/i, "openeuler"],
  [/^Kylin/i, "kylin"],
];

/** Tells the distribution from its release files; `undefined` when nothing on the volume names one. */
export async function readIdentity(files: GuestFiles): Promise<Identity | undefined> {
  const text = (await files.readText("/etc/os-release")) ?? (await files.readText("/usr/lib/os-release"));
  const release = text === undefined ? undefined : parseShellVariables(text);
  const id = release?.get("ID")?.toLowerCase();
  if (release && id) {
    const family = families[id] ?? id;
    const version = (await exactVersion(files, family, release)) ?? release.get("VERSION_ID") ?? null;
    const name = release.get("PRETTY_NAME") ?? `${release.get("NAME") ?? id}${version ? ` ${version}` : ""}`;
    return identity(family, name, version);
  }
  for (const path of releaseFiles) {
    const line = firstLine(await files.readText(path));
    const known = line === undefined ? undefined : releaseNames.find(([pattern]) => pattern.test(line));
    if (line !== undefined && known) return identity(known[1], line, numberIn(line));
  }
  const suse = await files.readText("/etc/SuSE-release");
  if (suse !== undefined) {
    const values = new Map(textLines(suse).flatMap((line) => [pairOf(line) ?? []] as [string, string][]));
    const patch = values.get("PATCHLEVEL");
    const version = values.get("VERSION");
    const name = firstLine(suse) ?? "SUSE Linux";
    const exact = version === undefined ? null : patch === undefined ? version : `${version}.${patch}`;
    return identity(/opensuse/i.test(name) ? "opensuse" : "sles", name, exact);
  }
  const lsb = await files.readText("/etc/lsb-release");
  const lsbValues = lsb === undefined ? undefined : parseShellVariables(lsb);
  const lsbId = lsbValues?.get("DISTRIB_ID")?.toLowerCase();
  if (lsbValues && lsbId) {
    const description = lsbValues.get("DISTRIB_DESCRIPTION") ?? lsbId;
    return identity(
      families[lsbId] ?? lsbId,
      description,
      numberIn(description) ?? lsbValues.get("DISTRIB_RELEASE") ?? null,
    );
  }
  const debian = firstLine(await files.readText("/etc/debian_version"));
  if (debian !== undefined) {
    return identity("debian", `Debian GNU/Linux ${debian}`, numberIn(debian));
  }
  const alpine = firstLine(await files.readText("/etc/alpine-release"));
  if (alpine !== undefined) return identity("alpine", `Alpine Linux ${alpine}`, numberIn(alpine));
  const gentoo = firstLine(await files.readText("/etc/gentoo-release"));
  if (gentoo !== undefined) return identity("gentoo", gentoo, numberIn(gentoo));
  if (await files.stat("/etc/arch-release")) return identity("arch", "Arch Linux", null);
  return undefined;
}

/** A version more exact than `VERSION_ID`, from the family's own file. */
async function exactVersion(
  files: GuestFiles,
  family: string,
  release: ReadonlyMap<string, string>,
): Promise<string | undefined> {
  const major = release.get("VERSION_ID")?.split(".")[0];
  const agrees = (version: string | null | undefined) =>
    version && (major === undefined || version.split(".")[0] === major) ? version : undefined;
  switch (family) {
    case "debian":
      return agrees(numberIn(firstLine(await files.readText("/etc/debian_version"))));
    case "ubuntu":
      return agrees(numberIn(release.get("VERSION")) ?? numberIn(release.get("PRETTY_NAME")));
    case "alpine":
      return agrees(numberIn(firstLine(await files.readText("/etc/alpine-release"))));
    case "centos":
    case "rocky":
    case "almalinux":
    case "oracle":
    case "rhel":
      for (const path of releaseFiles) {
        const line = firstLine(await files.readText(path));
        if (line !== undefined) return agrees(numberIn(line));
      }
      return undefined;
    default:
      return undefined;
  }
}

function identity(family: string, name: string, version: string | null): Identity {
  const [major, minor] = (version ?? "").split(".").map((part) => Number.parseInt(part, 10));
  const known = major !== undefined && Number.isSafeInteger(major);
  return {
    family,
    name,
    version,
    major: known ? major : null,
    minor: known ? (minor !== undefined && Number.isSafeInteger(minor) ? minor : 0) : null,
  };
}

/** The first version number in a text. */
function numberIn(text: string | undefined): string | null {
  return /(?:^|[^\w.])(\d+(?:\.\d+)*)/.exec(text ?? "")?.[1] ?? null;
}

function firstLine(text: string | undefined): string | undefined {
  return textLines(text)
    .map((line) => line.trim())
    .find((line) => line !== "");
}
