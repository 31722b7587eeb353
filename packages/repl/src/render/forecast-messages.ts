import type { Basis, CostItem, ForecastAct, ForecastProblem } from "@sampan/sdk";
import { type MessageKey, say, translated } from "../language/speech.ts";

/*
 * Sentences of the table of `sampan plan`, in the language of this process. What the forecast itself brings is English, and looked up.
 */

/** The heads of the columns. */
export function forecastHead() {
  return [
    say("forecast.head.step"),
    say("forecast.head.deed"),
    say("forecast.head.thing"),
    say("forecast.head.bytes"),
    say("forecast.head.time"),
  ] as const;
}

/** Stands where no time is known. */
export const noTime = "–";

const kinds: Readonly<Record<string, Extract<MessageKey, `forecast.kind.${string}`>>> = {
  host: "forecast.kind.host",
  "disk image": "forecast.kind.disk-image",
  instance: "forecast.kind.instance",
  guest: "forecast.kind.guest",
  moment: "forecast.kind.moment",
  disk: "forecast.kind.disk",
  file: "forecast.kind.file",
  bucket: "forecast.kind.bucket",
  role: "forecast.kind.role",
  object: "forecast.kind.object",
  image: "forecast.kind.image",
  snapshot: "forecast.kind.snapshot",
};

/** A thing that is touched, and where it lies. */
export function thingText({ kind, name, region }: ForecastAct): string {
  const thing = named(kind, name);
  return region === null ? thing : say("forecast.thing-in", { thing, region });
}

function named(kind: string, name: string): string {
  if (kind === "snapshot" && name.startsWith("of "))
    return say("forecast.snapshot-of", { disk: name.slice(3) });
  const key = kinds[kind];
  // Names are other people's and stay as they are, but for those that stand for a name not yet known, and for files of Sampan's own.
  const isOurs = kind === "file" || name === "named after the run";
  return say("forecast.thing", {
    kind: key === undefined ? kind : say(key),
    name: isOurs ? translated(name) : name,
  });
}

/** What a number rests on, in words. */
export function basisText(basis: Basis): string {
  switch (basis.kind) {
    case "measured":
      return say("forecast.basis.measured");
    case "plan":
      return say("forecast.basis.plan");
    case "earlier-runs": {
      const { runs, sameHost } = basis;
      if (runs === 1) return say(sameHost ? "forecast.basis.one-run-of-host" : "forecast.basis.one-run");
      return say(sameHost ? "forecast.basis.runs-of-host" : "forecast.basis.runs", { runs });
    }
    case "assumption":
      return say("forecast.basis.assumed", { text: translated(basis.text) });
  }
}

/** A line for something that is billed. */
export function costText(cost: CostItem, amount: string | null): string {
  const said = { kind: say(`forecast.cost.${cost.kind}`), text: translated(cost.text) };
  return amount === null ? say("forecast.cost", said) : say("forecast.cost-of", { ...said, amount });
}

/** A line for what would stop the run. */
export function problemText({ stage, code, message }: ForecastProblem): string {
  return say("forecast.problem", { stage, message: translated(message), code });
}
