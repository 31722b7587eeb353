import { formatBytes } from "@sampan/core";
import { type ByteSum, type FleetAdvice, type Limit, rateText } from "@sampan/fleet";
import { say, sayFleet } from "../language/speech.ts";
import { formatDuration, formatRate } from "../terminal/numbers.ts";

/** A table for whoever draws one: every row has as many cells as the head. */
export interface AdviceTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What an advice says, for people: one line that sums up, tables, and sentences. Names in it are foreign text. */
export interface AdviceText {
  readonly summary: string;
  /** None is empty. */
  readonly tables: readonly AdviceTable[];
  /** Advice by site, in whole sentences. */
  readonly advice: readonly string[];
  /** What the numbers rest on. */
  readonly assumptions: readonly string[];
}

/** Puts an advice into words and rows, in the language of this process. Draws nothing: widths and colours are the terminal's business. */
export function adviceText(advice: FleetAdvice): AdviceText {
  const { bytes, waves, sites } = advice;
  return {
    summary: say("fleet-advice.summary", {
      hosts: bytes.hosts,
      sites: sites.length,
      waves: waves.length,
      bytes: bytesText(bytes),
      time: hoursText(advice.hours),
    }),
    tables: [wavesTable(advice), sitesTable(advice), regionsTable(advice), costsTable(advice)].filter(
      ({ rows }) => rows.length > 0,
    ),
    advice: sites.flatMap(({ site, advice: items }) =>
      items.map((item) =>
        say("fleet-advice.item", { site, text: sayFleet(item), basis: sayFleet(item.basis) }),
      ),
    ),
    assumptions: [
      ...unknownSizes(bytes),
      ...advice.assumptions.map((one) =>
        say("fleet-advice.assumption", { number: assumedText(one), basis: sayFleet(one.basis) }),
      ),
    ],
  };
}

function wavesTable({ waves }: FleetAdvice): AdviceTable {
  return {
    title: say("fleet-advice.waves"),
    head: [
      say("fleet-advice.head.wave"),
      say("fleet-advice.head.hosts"),
      say("fleet-advice.head.canaries"),
      say("fleet-advice.head.to-send"),
      say("fleet-advice.head.at-least"),
      say("fleet-advice.head.blackouts"),
      say("fleet-advice.head.bottleneck"),
    ],
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
    title: say("fleet-advice.sites"),
    head: [
      say("fleet-advice.head.site"),
      say("fleet-advice.head.hosts"),
      say("fleet-advice.head.to-send"),
      say("fleet-advice.head.line"),
      say("fleet-advice.head.line-busy"),
      say("fleet-advice.head.slowest"),
      say("fleet-advice.head.bottleneck"),
    ],
    rows: sites.map(({ site, bytes, bandwidth, sendingHours, slowestHost, hoursPerHost, bottleneck }) => {
      const rate = rateText(bandwidth.bytesPerSecond);
      return [
        site,
        String(bytes.hosts),
        bytesText(bytes),
        bandwidth.known ? rate : say("fleet-advice.line-assumed", { rate }),
        hoursText(sendingHours),
        say("fleet-advice.thing-and-time", { thing: slowestHost, time: hoursText(hoursPerHost) }),
        limitText(bottleneck),
      ];
    }),
  };
}

function regionsTable({ regions }: FleetAdvice): AdviceTable {
  return {
    title: say("fleet-advice.regions"),
    head: [
      say("fleet-advice.head.region"),
      say("fleet-advice.head.images"),
      say("fleet-advice.head.busy"),
      say("fleet-advice.head.copies"),
      say("fleet-advice.head.busy"),
      say("fleet-advice.head.size"),
    ],
    rows: regions.map(({ region, imports, importHours, copies, copyHours, imageBytes }) => [
      region,
      String(imports),
      imports === 0 ? "" : hoursText(importHours),
      String(copies),
      copies === 0 ? "" : hoursText(copyHours),
      formatBytes(imageBytes),
    ]),
  };
}

function costsTable({ costs }: FleetAdvice): AdviceTable {
  return {
    title: say("fleet-advice.billed"),
    head: [
      say("fleet-advice.head.kind"),
      say("fleet-advice.head.region"),
      say("fleet-advice.head.what"),
      say("fleet-advice.head.amount"),
    ],
    rows: costs.map((cost) => [
      say(`forecast.cost.${cost.kind}`),
      cost.region ?? "",
      sayFleet(cost),
      cost.amount === null
        ? ""
        : cost.kind === "requests"
          ? cost.amount.toLocaleString("en")
          : formatBytes(cost.amount),
    ]),
  };
}

/** What keeps a wave or a site from being quicker, and for how long. */
export function limitText({ kind, name, hours }: Limit): string {
  const thing = kind === "hosts-at-once" ? say(`fleet-advice.limit.${kind}`) : named(kind, name);
  return say("fleet-advice.thing-and-time", { thing, time: hoursText(hours) });
}

function named(kind: Exclude<Limit["kind"], "hosts-at-once">, name: string): string {
  return say(`fleet-advice.limit.${kind}`, { name });
}

/** Hours for people; days from two on. */
export function hoursText(hours: number): string {
  if (hours >= 48) return say("fleet-advice.days", { days: Math.round((hours / 24) * 10) / 10 });
  return formatDuration(hours * 3_600_000);
}

function bytesText({ sentBytes, assumedBytes }: ByteSum): string {
  const bytes = formatBytes(sentBytes);
  if (assumedBytes === 0) return bytes;
  return say("fleet-advice.assumed-part", { bytes, assumed: formatBytes(assumedBytes) });
}

function unknownSizes({ sizeUnknown, usedUnknown }: ByteSum): readonly string[] {
  return [
    ...(sizeUnknown === 0 ? [] : [say("fleet-advice.size-unknown", { hosts: sizeUnknown })]),
    ...(usedUnknown === 0 ? [] : [say("fleet-advice.used-unknown", { hosts: usedUnknown })]),
  ];
}

/** A number of an estimate with its unit. */
export function assumedText({ value, unit }: { readonly value: number; readonly unit: string }): string {
  if (unit === "bytes") return formatBytes(value);
  if (unit === "bytes/s") return formatRate(value);
  if (unit === "s") return formatDuration(value * 1000);
  if (unit === "at once") return say("fleet-advice.at-once", { number: value });
  return unit === "share" ? `${Math.round(value * 1000) / 10} %` : `${value} ${unit}`.trim();
}
