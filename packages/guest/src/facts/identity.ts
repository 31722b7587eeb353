import type { GuestFiles } from "../files/guest-files.ts";
import { pairOf, textLines } from "./lines.ts";
import { releaseFamily, releaseFiles } from "./release-files.ts";
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
  "opensuse-microos": "opensuse",
  suse: "opensuse",
  sles_sap: "sles",
  sled: "sles",
  "sle-micro": "sles",
  "suse-microos": "sles",
  ol: "oracle",
  oracleserver: "oracle",
  enterpriseenterpriseserver: "oracle",
  amzn: "amazon",
  redhat: "rhel",
  redhatenterpriseserver: "rhel",
  aliyun: "alinux",
  alios: "alinux",
  openanolis: "anolis",
  euleros: "openeuler",
  uniontech: "uos",
  uniontechos: "uos",
  "container linux by coreos": "coreos",
  "flatcar container linux by kinvolk": "flatcar",
};

/** Code names of Debian by version: one that is not released yet has no number in its files. */
const debianNames =
  "etch:4 lenny:5 squeeze:6 wheezy:7 jessie:8 stretch:9 buster:10 bullseye:11 bookworm:12 trixie:13 forky:14".split(
    " ",
  );

/** Tells the distribution from its release files; `undefined` when nothing on the volume names one. */
export async function readIdentity(files: GuestFiles): Promise<Identity | undefined> {
  return (
    (await fromMint(files)) ??
    (await fromOsRelease(files)) ??
    (await fromReleaseFile(files)) ??
    (await fromSuseRelease(files)) ??
    (await fromLsbRelease(files)) ??
    (await fromOneLine(files))
  );
}

/** Linux Mint calls itself Ubuntu elsewhere. */
async function fromMint(files: GuestFiles): Promise<Identity | undefined> {
  const info = parseShellVariables(await files.readText("/etc/linuxmint/info"));
  const release = info.get("RELEASE");
  if (release === undefined) return undefined;
  return identity("linuxmint", info.get("DESCRIPTION") ?? `Linux Mint ${release}`, release);
}

async function fromOsRelease(files: GuestFiles): Promise<Identity | undefined> {
  const release = parseShellVariables(
    (await files.readText("/etc/os-release")) ?? (await files.readText("/usr/lib/os-release")),
  );
  const id = release.get("ID")?.toLowerCase();
  if (!id) return undefined;
  const family = familyOf(id, release);
  // A snapshot's date is no version.
  const isRolling = id === "opensuse-tumbleweed" || id === "opensuse-microos";
  const version = isRolling
    ? null
    : ((await exactVersion(files, family, release)) ?? release.get("VERSION_ID") ?? null);
  const name = release.get("PRETTY_NAME") ?? `${release.get("NAME") ?? id}${version ? ` ${version}` : ""}`;
  return identity(family, name, version || null);
}

function familyOf(id: string, release: ReadonlyMap<string, string>): string {
  if (id === "fedora" && release.get("VARIANT_ID") === "coreos") return "fedora-coreos";
  // Scientific Linux 7 has the id of what it is built from.
  if (id === "rhel" && /^Scientific/.test(release.get("NAME") ?? "")) return "scientific";
  return Object.hasOwn(families, id) ? (families[id] as string) : id;
}

async function fromReleaseFile(files: GuestFiles): Promise<Identity | undefined> {
  for (const path of releaseFiles) {
    const line = firstLine(await files.readText(path));
    const family = line === undefined ? undefined : releaseFamily(line);
    if (line !== undefined && family !== undefined) return identity(family, line, numberIn(line));
  }
  return undefined;
}

async function fromSuseRelease(files: GuestFiles): Promise<Identity | undefined> {
  const text = await files.readText("/etc/SuSE-release");
  const name = firstLine(text);
  if (name === undefined) return undefined;
  const values = new Map(textLines(text).flatMap((line) => [pairOf(line) ?? []] as [string, string][]));
  const version = values.get("VERSION") ?? numberIn(name);
  const patch = values.get("PATCHLEVEL");
  const exact = version === null ? null : patch === undefined ? version : `${version}.${patch}`;
  return identity(/enterprise/i.test(name) ? "sles" : "opensuse", name, exact);
}

async function fromLsbRelease(files: GuestFiles): Promise<Identity | undefined> {
  for (const path of [
    "/etc/lsb-release",
    "/usr/share/coreos/lsb-release",
    "/usr/share/flatcar/lsb-release",
  ]) {
    const values = parseShellVariables(await files.readText(path));
    const id = values.get("DISTRIB_ID")?.toLowerCase();
    if (!id) continue;
    const release = values.get("DISTRIB_RELEASE") ?? null;
    const description =
      values.get("DISTRIB_DESCRIPTION") ?? `${values.get("DISTRIB_ID")} ${release ?? ""}`.trim();
    const told = numberIn(description);
    // `Ubuntu 10.04.4 LTS` says more than `10.04`.
    const exact = release === null || told?.startsWith(release) ? told : release;
    return identity(Object.hasOwn(families, id) ? (families[id] as string) : id, description, exact);
  }
  return undefined;
}

/** Distributions whose file of one line holds no more than a version. */
async function fromOneLine(files: GuestFiles): Promise<Identity | undefined> {
  const debian = firstLine(await files.readText("/etc/debian_version"));
  if (debian !== undefined) return identity("debian", `Debian GNU/Linux ${debian}`, debianVersion(debian));
  const alpine = firstLine(await files.readText("/etc/alpine-release"));
  if (alpine !== undefined) return identity("alpine", `Alpine Linux ${alpine}`, numberIn(alpine));
  for (const [path, family] of [
    ["/etc/gentoo-release", "gentoo"],
    ["/etc/slackware-version", "slackware"],
    ["/etc/altlinux-release", "altlinux"],
  ] as const) {
    const line = firstLine(await files.readText(path));
    if (line !== undefined) return identity(family, line, numberIn(line));
  }
  if (await files.stat("/etc/arch-release")) return identity("arch", "Arch Linux", null);
  return undefined;
}

/** `12.4`, or the number of a release to come by its code name: `trixie/sid`. */
function debianVersion(text: string | undefined): string | null {
  const name = text?.split("/")[0];
  return numberIn(text) ?? debianNames.find((one) => one.startsWith(`${name}:`))?.split(":")[1] ?? null;
}

/** A version more exact than `VERSION_ID`, from the family's own file. */
async function exactVersion(
  files: GuestFiles,
  family: string,
  release: ReadonlyMap<string, string>,
): Promise<string | undefined> {
  const given = release.get("VERSION_ID");
  const agrees = (version: string | null | undefined) =>
    version && (given === undefined || version.split(".")[0] === numberIn(given)?.split(".")[0])
      ? version
      : undefined;
  switch (family) {
    case "debian":
      return agrees(debianVersion(firstLine(await files.readText("/etc/debian_version"))));
    case "ubuntu":
      return agrees(numberIn(release.get("VERSION")) ?? numberIn(release.get("PRETTY_NAME")));
    case "alpine":
      return agrees(numberIn(firstLine(await files.readText("/etc/alpine-release"))));
    case "gentoo":
      return agrees(numberIn(firstLine(await files.readText("/etc/gentoo-release"))));
    case "fedora-coreos":
      return agrees(release.get("OSTREE_VERSION"));
    case "centos":
    case "rocky":
    case "almalinux":
    case "oracle":
    case "scientific":
    case "rhel":
      for (const path of releaseFiles) {
        const line = firstLine(await files.readText(path));
        if (line !== undefined && releaseFamily(line) === family) return agrees(numberIn(line));
      }
      return undefined;
    default:
      return undefined;
  }
}

function identity(family: string, name: string, version: string | null): Identity {
  // Kylin counts `V10`.
  const [major, minor] = (numberIn(version ?? "") ?? "").split(".").map((part) => Number.parseInt(part, 10));
  const known = major !== undefined && Number.isSafeInteger(major);
  return {
    family,
    name,
    version,
    major: known ? major : null,
    minor: known ? (minor !== undefined && Number.isSafeInteger(minor) ? minor : 0) : null,
  };
}

/** The first version number in a text; `4 (Nahant Update 7)` and `V7Update6` count their updates. */
function numberIn(text: string | undefined): string | null {
  const number = /(?:^|[^\w.])[vV]?(\d+(?:\.\d+)*)/.exec(text ?? "")?.[1];
  if (number === undefined) return null;
  const update = number.includes(".") ? undefined : /Update[ ]?(\d{1,3})/.exec(text ?? "")?.[1];
  return update === undefined ? number : `${number}.${update}`;
}

function firstLine(text: string | undefined): string | undefined {
  return textLines(text)
    .map((line) => line.trim())
    .find((line) => line !== "");
}
