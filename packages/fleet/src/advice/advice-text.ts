import { formatBytes } from "@sampan/core";
import { rateText } from "./advise-sites.ts";
import type { Assumption } from "./assumptions.ts";
import type { ByteSum, FleetAdvice, Limit } from "./fleet-advice.ts";

/** A table for whoever draws one: every row has as many cells as the head. */
export interface AdviceTable {
  readonly title: string;
  readonly head: readonly string[];
  /** Indexes of columns that hold numbers, which are set to the right. */
  readonly numbers: readonly number[];
  readonly rows: readonly (readonly string[])[];
}

/** What an advice says, for people: one line that sums up, tables, and sentences. Names in it are foreign text. */
export interface AdviceText {
  readonly summary: string;
  readonly tables: readonly AdviceTable[];
  /** Advice by site, in whole sentences. */
  readonly advice: readonly string[];
  /** What the numbers rest on. */
  readonly assumptions: readonly string[];
}

/** Puts an advice into words and rows. Draws nothing: widths and colours are the terminal's business. */
export function adviceText(advice: FleetAdvice): AdviceText {
  const { bytes, waves, sites } = advice;
  return {
    summary: `${count(bytes.hosts, "host")} of ${count(sites.length, "site")} in ${count(waves.length, "wave")}: ${formatBytes(bytes.sentBytes)} to send${assumedPart(bytes)}, at least ${hoursText(advice.hours)}`,
    tables: [wavesTable(advice), sitesTable(advice), regionsTable(advice), costsTable(advice)].filter(
      ({ rows }) => rows.length > 0,
    ),
    advice: sites.flatMap(({ site, advice: items }) =>
      items.map(({ text, basis }) => `${site}: ${text} (${basis})`),
    ),
    assumptions: [
      ...unknownSizes(bytes),
      ...advice.assumptions.map((one) => `${assumedText(one)}: ${one.basis}`),
    ],
  };
}

function wavesTable({ waves }: FleetAdvice): AdviceTable {
  return {
    title: "Waves",
    head: ["wave", "hosts", "canaries", "to send", "at least", "blackouts", "bottleneck"],
    numbers: [1, 2, 3, 4, 5],
    rows: waves.map((wave) => [
      wave.wave,
      String(wave.bytes.hosts),
      String(wave.canaries.length),
      bytesText(wave.bytes),
      hoursText(wave.hours),
      wave.blackoutHours === 0 ? "" : hoursText(wave.blackoutHours),
      limitText(wave.bottleneck),
    ]),
  };
}

function sitesTable({ sites }: FleetAdvice): AdviceTable {
  return {
    title: "Sites",
    head: ["site", "hosts", "to send", "line", "line busy", "slowest host", "bottleneck"],
    numbers: [1, 2, 3, 4],
    rows: sites.map((site) => [
      site.site,
      String(site.bytes.hosts),
      bytesText(site.bytes),
      `${rateText(site.bandwidth.bytesPerSecond)}${site.bandwidth.known ? "" : " assumed"}`,
      hoursText(site.sendingHours),
      `${site.slowestHost}, ${hoursText(site.hoursPerHost)}`,
      limitText(site.bottleneck),
    ]),
  };
}

function regionsTable({ regions }: FleetAdvice): AdviceTable {
  return {
    title: "Regions",
    head: ["region", "images made", "busy", "copies", "busy", "size of images"],
    numbers: [1, 2, 3, 4, 5],
    rows: regions.map((region) => [
      region.region,
      String(region.imports),
      region.imports === 0 ? "" : hoursText(region.importHours),
      String(region.copies),
      region.copies === 0 ? "" : hoursText(region.copyHours),
      formatBytes(region.imageBytes),
    ]),
  };
}

function costsTable({ costs }: FleetAdvice): AdviceTable {
  return {
    title: "Billed by the vendor",
    head: ["kind", "region", "what", "how much"],
    numbers: [3],
    rows: costs.map(({ kind, region, text, amount }) => [
      kind,
      region ?? "",
      text,
      amount === null ? "" : kind === "requests" ? amount.toLocaleString("en") : formatBytes(amount),
    ]),
  };
}

/** What keeps a wave or a site from being quicker. */
export function limitText({ kind, name, hours }: Limit): string {
  const what: Readonly<Record<Limit["kind"], string>> = {
    line: `line of ${name}`,
    "hosts-per-site": `hosts at once at ${name}`,
    "hosts-at-once": "hosts at once",
    imports: `imports in ${name}`,
    copies: `copies to ${name}`,
    order: `hosts that wait for each other, up to ${name}`,
    "one-host": `host ${name}`,
    blackouts: `blackouts at ${name}`,
  };
  return `${what[kind]}, ${hoursText(hours)}`;
}

/** Hours for people: minutes below two, days from two on. */
export function hoursText(hours: number): string {
  if (hours >= 48) return `${Math.round((hours / 24) * 10) / 10} d`;
  if (hours >= 2) return `${Math.round(hours * 10) / 10} h`;
  return `${Math.ceil(hours * 60)} min`;
}

function bytesText(bytes: ByteSum): string {
  return `${formatBytes(bytes.sentBytes)}${assumedPart(bytes)}`;
}

function assumedPart({ assumedBytes }: ByteSum): string {
  return assumedBytes === 0 ? "" : ` (${formatBytes(assumedBytes)} of it assumed)`;
}

function unknownSizes({ sizeUnknown, usedUnknown }: ByteSum): readonly string[] {
  return [
    ...(sizeUnknown === 0
      ? []
      : [`${count(sizeUnknown, "host")} without \`size\`: an assumption stands in its place`]),
    ...(usedUnknown === 0 ? [] : [`${count(usedUnknown, "host")} without \`used\`: all of the size counts`]),
  ];
}

function assumedText({ value, unit }: Assumption): string {
  switch (unit) {
    case "bytes":
      return formatBytes(value);
    case "bytes/s":
      return `${formatBytes(value)}/s`;
    case "s":
      return `${value} s`;
    case "at once":
      return `${value} at once`;
  }
}

function count(number: number, what: string): string {
  return `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;
}
