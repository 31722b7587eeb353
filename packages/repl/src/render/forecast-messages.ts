import type { Basis, CostItem, Deed, Forecast, ForecastProblem } from "@sampan/sdk";
import { count } from "../terminal/numbers.ts";

/*
 * The words that the table of `sampan plan` is made of, besides those the forecast itself brings.
 */

export const forecastHead = ["step", "does", "to what", "bytes", "time"] as const;

export const forecastWords = {
  forecastOf: (title: string) => `what would be done with ${title}`,
  inCloud: ({ name, rehearsal }: Forecast["cloud"]) =>
    rehearsal ? "in a rehearsal" : `in the cloud ${name}`,
  account: (accountId: string, arn: string) => `account ${accountId} (${arn})`,
  offline: "nothing was looked at (--offline): bytes, names, quotas and permissions are not known",
  goesOn: (runId: string, state: string) => `goes on with run ${runId}, which is ${state}`,
  hidden: (steps: number) =>
    `${count(steps, "step")} done already ${steps === 1 ? "is" : "are"} not shown; --all shows them`,
  nothing: "nothing is left to do",
  done: "–",
  moment: "a moment",
  unknown: "?",
  totals: "in all",
  reads: (bytes: string) => `read ${bytes}`,
  sends: (bytes: string) => `send ${bytes}`,
  takes: (time: string) => `about ${time}`,
  costs: "billed by the vendor, at prices of your region and contract:",
  permissions: (actions: number) =>
    `${count(actions, "RAM action")} needed; --policy prints the least policy that allows them`,
  problems: "would stop the run:",
  doubts: "could not be looked at:",
  ready: "nothing was found that would stop the run",
  written: (path: string) =>
    `written to ${path}; \`sampan run ${path}\` runs exactly that, or says what changed`,
} as const;

export const deedWords: Readonly<Record<Deed, string>> = {
  read: "read",
  create: "create",
  overwrite: "overwrite",
  change: "change",
  delete: "delete",
  skip: "skip",
};

/** What a number rests on, in words. */
export function basisText(basis: Basis): string {
  switch (basis.kind) {
    case "measured":
      return "measured on the source";
    case "plan":
      return "the limit the plan sets";
    case "earlier-runs": {
      const of = basis.sameHost ? " of this host" : "";
      return basis.runs === 1 ? `an earlier run${of}` : `the median of ${basis.runs} earlier runs${of}`;
    }
    case "assumption":
      return `assumed: ${basis.text}`;
  }
}

/** A line for something that is billed. */
export function costText({ kind, text }: CostItem, amount: string | null): string {
  return `${kind}: ${text}${amount === null ? "" : ` (${amount})`}`;
}

/** A line for what would stop the run. */
export function problemText({ stage, code, message }: ForecastProblem): string {
  return `${stage}: ${message} (${code})`;
}
