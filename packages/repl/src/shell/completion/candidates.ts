import { builtinModules } from "node:module";
import { resolve } from "node:path";
import {
  catalogue,
  type MethodEntry,
  type NamesKind,
  nextVerbs,
  type OptionSchema,
  optionSchema,
  stageMethods,
  starts,
  type VerbEntry,
} from "@sampan/sdk/catalogue";
import { say, translated } from "../../language/speech.ts";
import { exportSignatures, exportSummary, isExport } from "../help/export-summaries.ts";
import { catalogued, hintOf } from "./call-hint.ts";
import { schemaAt } from "./catalogue-entries.ts";
import { pathCandidates, sourceCandidates } from "./path-candidates.ts";
import type { CallPlace, Place } from "./place.ts";
import { isPlainName } from "./plain-name.ts";
import type { Receiver } from "./receiver.ts";
import { kindOfValue, membersOf, type SessionVariables, type ValueOutline } from "./session-values.ts";
import type { Candidate, Completion, CompletionWorld, KnownName, ShellNamesKind } from "./world.ts";

/** Candidates for a place, before they are compared with what is typed. */
export interface Offer {
  readonly candidates: readonly Candidate[];
  /** Where what they replace begins, when that is not where the place begins. */
  readonly from?: number;
  readonly hint?: string | undefined;
  readonly note?: string | undefined;
  readonly wants?: Completion["wants"];
}

const none: Offer = { candidates: [] };

/** Finds what could stand at a place. Pure, over what the world holds already. */
export function offerAt(place: Place, world: CompletionWorld): Offer {
  switch (place.kind) {
    case "nothing":
      return none;
    case "member":
      return { candidates: membersAt(place.receiver) };
    case "name":
      return { candidates: namesHere(world, place.declared) };
    case "module":
      return modulesAt(place, world);
    case "export":
      return {
        candidates: Object.keys(exportSignatures)
          .filter((value) => !place.taken.includes(value))
          .map((value) => ({ value, summary: exportSummary(value) })),
      };
    case "argument":
      return argumentAt(place, world);
  }
}

/** What may follow a dot: the legal next verbs of a stage, what the SDK has, or names of a value. */
function membersAt(receiver: Receiver): readonly Candidate[] {
  switch (receiver?.kind) {
    case undefined:
      return [];
    case "migration":
      return methodCandidates(starts);
    case "run":
      return runMembers.map((value) => ({ value, summary: say(`member.${value}`) }));
    case "stage": {
      const verbs = nextVerbs(receiver.stage, receiver);
      return [
        ...verbs.map((value) => ({ value, summary: translated(catalogue[value].summary), suffix: "(" })),
        ...methodCandidates(stageMethods),
      ];
    }
    case "value":
      return membersOf(receiver.value).map(({ name: value, summary }) => ({ value, summary }));
  }
}

function methodCandidates(table: Readonly<Record<string, MethodEntry>>): readonly Candidate[] {
  return Object.entries(table).map(([value, { summary }]) => ({
    value,
    summary: translated(summary),
    suffix: "(",
  }));
}

/** What a run that was started has. */
const runMembers = ["result", "events", "cancel", "id", "attached"] as const;

function namesHere({ variables }: CompletionWorld, declared: readonly string[]): readonly Candidate[] {
  const names = variables.names();
  const known = new Set(names);
  const here = [...new Set(declared)].filter((name) => !known.has(name));
  return [
    ...here.map((value) => ({ value, summary: say("shell.declared-above") })),
    ...names.map((name) => new VariableCandidate(name, variables)),
  ];
}

/** A variable of the session. There may be thousands, and few are shown: what one stands for is looked at only then. */
class VariableCandidate implements Candidate {
  readonly value: string;
  readonly #variables: SessionVariables;

  constructor(value: string, variables: SessionVariables) {
    this.value = value;
    this.#variables = variables;
  }

  get summary(): string {
    return summaryOf(this.value, this.#variables.get(this.value));
  }
}

function summaryOf(name: string, outline: ValueOutline | undefined): string {
  if (outline === undefined) return "";
  if (outline.kind === "migration") return exportSummary("Migration");
  if (outline.kind === "stage") return `${outline.stage} of ${outline.source}`;
  if (isExport(name)) return exportSummary(name);
  return outline.value === undefined ? "" : kindOfValue(outline.value);
}

const nodeModules: readonly string[] = builtinModules
  .filter((name) => !name.startsWith("_"))
  .map((name) => (name.startsWith("node:") ? name : `node:${name}`));

function modulesAt(
  { typed, from, quote }: Extract<Place, { readonly kind: "module" }>,
  world: CompletionWorld,
): Offer {
  if (/^[./]/.test(typed)) return pathCandidates(typed, from, world, quote);
  const own = world.modules.map((value) => ({ value, summary: "", suffix: quote }));
  const ofNode = nodeModules.map((value) => ({ value, summary: say("shell.of-node"), suffix: quote }));
  return { candidates: [...own, ...ofNode] };
}

/** What names of runs are handed to, of the SDK and of the shell alike. */
const takesRun = /^(resume|attach|cancel|status|events|work|fg)$/;

function argumentAt(place: Extract<Place, { readonly kind: "argument" }>, world: CompletionWorld): Offer {
  const { call } = place;
  const offer = inCall(place, world);
  if (offer !== undefined) return offer;
  const isRunId = takesRun.test(call.callee) && call.path.length === 0 && call.argument === 0;
  if (isRunId && place.quote !== undefined) return inQuotes("run", place, call, undefined, world);
  return place.quote === undefined && !call.isKey ? { candidates: namesHere(world, place.declared) } : none;
}

/** What the verb catalogue says of a place in a call; `undefined` when it knows nothing of the call. */
function inCall(
  place: Extract<Place, { readonly kind: "argument" }>,
  world: CompletionWorld,
): Offer | undefined {
  const { call, quote } = place;
  const entry = catalogued(call);
  if (entry === undefined) return undefined;
  const hint = hintOf(call, entry);
  const list = entry.positional.findIndex((name) => name.endsWith("..."));
  const index = list >= 0 ? Math.min(call.argument, list) : call.argument;
  const isInOptions = call.isKey || call.path.some((step) => step !== "[]");
  const positional = isInOptions ? undefined : entry.positional[index]?.replace("...", "");
  const declared = quote === undefined ? namesHere(world, place.declared) : [];
  if (positional !== undefined) {
    const kind = entry.names?.[positional];
    if (kind === undefined) return { candidates: declared, hint };
    return { ...inQuotes(kind, place, call, declared, world), hint };
  }
  const schema = optionSchema(entry);
  if (!isInOptions) return { candidates: declared, hint };
  if (call.isKey) {
    const at = call.path.join(".");
    const ofKeys = entry.names?.[`${at}:`];
    if (ofKeys !== undefined) return { ...inQuotes(ofKeys, place, call, [], world), hint };
    if (quote !== undefined) return { candidates: [], hint };
    return { candidates: keysOf(schemaAt(schema, call.path), call, entry), hint };
  }
  const kind = entry.names?.[call.path.filter((step) => step !== "[]").join(".")];
  const part = schemaAt(schema, call.path);
  if (kind !== undefined && part?.type !== "array") {
    return { ...inQuotes(kind, place, call, declared, world), hint };
  }
  return { candidates: [...valuesOf(part, quote), ...declared], hint };
}

/** Options that are not written yet. */
function keysOf(
  schema: OptionSchema | undefined,
  { fields, path }: CallPlace,
  entry: VerbEntry | MethodEntry,
): readonly Candidate[] {
  const arguments_ = path.length > 0 ? [] : entry.positional.map((name) => name.replace("...", ""));
  return Object.entries(schema?.properties ?? {})
    .filter(([name]) => !fields.has(name) && !arguments_.includes(name))
    .map(([value, { description }]) => ({ value, summary: description ?? "", suffix: ": " }));
}

/** The values an option may have where they can be listed. */
function valuesOf(schema: OptionSchema | undefined, quote: string | undefined): readonly Candidate[] {
  const texts = (schema?.enum ?? []).filter((value) => typeof value === "string");
  if (quote !== undefined) return texts.map((value) => ({ value, summary: "", suffix: quote }));
  if (schema?.type === "boolean") return ["true", "false"].map((value) => ({ value, summary: "" }));
  if (schema?.const === true) return [{ value: "true", summary: "" }];
  return texts.map((value) => ({ value: JSON.stringify(value), summary: "" }));
}

const ofAccount: ReadonlySet<ShellNamesKind> = new Set<NamesKind>([
  "region",
  "zone",
  "bucket",
  "instance-type",
  "vpc",
  "vswitch",
  "security-group",
]);

/** Names of a kind as they stand in quotes; the quotes come with them where there are none yet. */
function inQuotes(
  kind: ShellNamesKind,
  { typed, from, quote }: Extract<Place, { readonly kind: "argument" }>,
  call: CallPlace,
  others: readonly Candidate[] | undefined,
  world: CompletionWorld,
): Offer {
  if (kind === "source" || kind === "path") {
    if (quote === undefined) return { candidates: [{ value: '"', summary: "" }, ...(others ?? [])] };
    return kind === "source"
      ? sourceCandidates(typed, from, quote, world)
      : pathCandidates(typed, from, world, quote);
  }
  const named = world.names(kind).filter((name) => isPlainName(name.value) && fits(name, kind, call, world));
  const isAccounts = ofAccount.has(kind);
  const age = world.accountNamesAge;
  return {
    candidates: [
      ...named.map(({ value, summary }) =>
        quote === undefined ? { value: `"${value}"`, summary } : { value, summary, suffix: quote },
      ),
      ...(others ?? []),
    ],
    note: isAccounts && age !== undefined ? `names of the account: ${age}` : undefined,
    ...(isAccounts ? { wants: { accountNames: true } } : {}),
  };
}

/** Whether a name belongs to the region, or to the host, that the call is about. */
function fits(
  name: KnownName,
  kind: ShellNamesKind,
  { fields, receiver }: CallPlace,
  { cwd }: CompletionWorld,
): boolean {
  if (kind === "disk") {
    const source = typeof receiver === "object" && receiver.kind === "stage" ? receiver.source : undefined;
    return source === undefined || name.source === undefined || sameSource(name.source, source, cwd);
  }
  const region = fields.get("region");
  return region === undefined || name.region === undefined || name.region === region;
}

function sameSource(one: string, other: string, cwd: string): boolean {
  return one === other || (!other.includes("://") && one === resolve(cwd, other));
}
