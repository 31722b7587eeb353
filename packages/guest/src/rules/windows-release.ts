import type { WindowsFacts } from "../facts.ts";

/** A release of Windows as people name it. */
export interface WindowsRelease {
  readonly name: string;
  readonly server: boolean;
}

/** First builds of each release: server name, client name. Microsoft's "Windows version numbers". */
const builds: readonly (readonly [number, string | null, string | null])[] = [
  [26_100, "2025", "11"],
  [22_000, null, "11"],
  [20_348, "2022", null],
  [17_763, "2019", "10"],
  [10_240, "2016", "10"],
  [9_600, "2012 R2", "8.1"],
  [9_200, "2012", "8"],
  [7_600, "2008 R2", "7"],
  [6_000, "2008", "Vista"],
  [3_790, "2003", "XP"],
  [2_600, null, "XP"],
  [2_195, "2000", "2000"],
];

/** Builds of releases that are told by their version number when the build is unknown. */
const versions: Readonly<Record<string, number>> = {
  "10.0": 10_240,
  "6.3": 9_600,
  "6.2": 9_200,
  "6.1": 7_600,
  "6.0": 6_000,
  "5.2": 3_790,
  "5.1": 2_600,
  "5.0": 2_195,
};

/** Which release a guest is; `null` when neither its build nor its version says. Windows Server 2003 R2 counts by its name. */
export function windowsRelease(guest: WindowsFacts): WindowsRelease | null {
  const server = guest.productType === null ? /\bserver\b/i.test(guest.name) : guest.productType === "server";
  const build = guest.build ?? versions[`${guest.major}.${guest.minor}`];
  if (build === undefined) return null;
  const known = builds.find(
    ([first, serverName, clientName]) => build >= first && (server ? serverName : clientName) !== null,
  );
  const name = known?.[server ? 1 : 2];
  if (name == null) return null;
  return { name: name === "2003" && /\bR2\b/.test(guest.name) ? "2003 R2" : name, server };
}

/** Editions that vendor pages name. */
export type WindowsEdition = "standard" | "datacenter" | "enterprise" | "professional" | "other";

const editionWords: readonly (readonly [RegExp, WindowsEdition])[] = [
  [/small ?business|sbs|essentials|solution/i, "other"],
  [/data ?center/i, "datacenter"],
  [/enterprise/i, "enterprise"],
  [/standard/i, "standard"],
  [/professional|\bpro\b/i, "professional"],
];

/** Which edition a guest is, evaluation and core installations included; `null` when nothing says. */
export function windowsEdition(guest: WindowsFacts): WindowsEdition | null {
  for (const text of [guest.edition, guest.name]) {
    const known = editionWords.find(([pattern]) => text !== null && pattern.test(text));
    if (known) return known[1];
  }
  return guest.edition === null ? null : "other";
}
