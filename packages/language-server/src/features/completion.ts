import {
  type CompletionItem,
  CompletionItemKind,
  CompletionItemTag,
  InsertTextFormat,
} from "vscode-languageserver-types";
import type { ChainBefore, Place } from "../analysis/place-at.ts";
import type { TextRange } from "../analysis/placed-value.ts";
import type { ChainStep } from "../analysis/plan-analysis.ts";
import { type CloudCatalogue, regionTitle } from "./cloud-catalogue.ts";
import { completePath, isPathStart } from "./complete-path.ts";
import { type KnownNames, regionOfBucket } from "./known-names.ts";
import { optionAt, optionsAt } from "./option-facts.ts";
import { contextRegion, imageRegion, textOption } from "./place-region.ts";
import type { Language, PlanDocument } from "./plan-document.ts";
import type { PlanText } from "./plan-text.ts";
import { wordsOf } from "./words.ts";

/** What completion depends on besides the place. */
export interface CompletionContext {
  readonly language: Language;
  readonly catalogue: CloudCatalogue;
  readonly extraRegions: readonly string[];
  readonly names: KnownNames;
  /** True where TypeScript completes names and fixed values of options by itself: then they are left to it. */
  readonly typesKnown: boolean;
  /** Names in the folder that a path in `from` leads to, folders with a slash at the end. */
  readonly files: readonly string[];
}

/** One thing that can stand at a place. */
interface Choice {
  readonly text: string;
  readonly kind: CompletionItemKind;
  readonly detail?: string;
  /** Said dimmed behind the label. */
  readonly description?: string;
  /** Why it is probably the wrong one; such come last. */
  readonly doubt?: string;
  /** Typing goes on behind it. */
  readonly goesOn?: boolean;
}

/** Gives what can stand at a place of a plan. */
export function completions(
  document: PlanDocument,
  place: Place,
  context: CompletionContext,
): readonly CompletionItem[] {
  const { text } = document;
  if (place.kind === "verb") return [];
  if (place.kind === "option") return context.typesKnown ? [] : optionItems(text, place);
  const choices = choicesAt(place, { ...context, step: stepAround(document, place) });
  return choices.map((choice, index) => itemOf(text, choice, place.range, place.quoted, index));
}

interface StepContext extends CompletionContext {
  /** The step the place is in, where it is one of a plan. */
  readonly step: ChainStep | undefined;
}

function stepAround({ analysis }: PlanDocument, { range }: Place): ChainStep | undefined {
  return analysis.chains
    .flatMap(({ steps }) => steps)
    .find(({ callRange }) => callRange.start <= range.start && range.end <= callRange.end);
}

/** Which names belong at a value. */
export type NameKind = "source" | "region" | "zone" | "bucket" | "instanceType" | "profile";

/** Says which names belong at a place; `undefined` for values of another kind. */
export function nameKindAt({ verb, path }: Extract<Place, { kind: "value" }>): NameKind | undefined {
  const at = path.map((step) => (typeof step === "number" ? "#" : step)).join(".");
  if (verb === "from" && at === "source") return "source";
  if (at === "region" && ["from", "with", "upload", "import", "launch"].includes(verb)) return "region";
  if (verb === "copyTo" && at === "regions.#") return "region";
  if (verb === "upload" && at === "bucket") return "bucket";
  if (verb === "launch" && at === "zone") return "zone";
  if (verb === "launch" && at === "instanceTypes.#") return "instanceType";
  if (at === "profile" && (verb === "with" || verb === "launch")) return "profile";
  return undefined;
}

function choicesAt(place: Extract<Place, { kind: "value" }>, context: StepContext): readonly Choice[] {
  const known = nameKindAt(place);
  switch (known) {
    case "source":
      return sourceChoices(place.typed, context);
    case "region":
      return regionChoices(place.chain, place.verb, context);
    case "zone":
      return zoneChoices(place.chain, context);
    case "bucket":
      return bucketChoices(place.chain, context);
    case "instanceType":
      return instanceTypeChoices(place.chain, context);
    case "profile":
      return context.names.profiles.map((text) => ({ text, kind: CompletionItemKind.Constant }));
    default:
      return context.typesKnown ? [] : fixedChoices(place);
  }
}

/** Values of an option that has few. */
function fixedChoices({ verb, path, quoted }: Extract<Place, { kind: "value" }>): readonly Choice[] {
  const facts = optionAt(verb, path);
  return (facts?.values ?? []).flatMap((value) => {
    if (typeof value !== "string" || (facts?.type === "boolean" && quoted)) return [];
    return [{ text: value, kind: CompletionItemKind.EnumMember }];
  });
}

const schemes = ["ssh://", "winrm://", "winrms://", "esxi://", "ecs://", "local://", "https://"] as const;

/** How each kind of source goes on. */
const sourceForms: Readonly<Record<(typeof schemes)[number], string>> = {
  "ssh://": "ssh://[USER@]HOST[:PORT]",
  "winrm://": "winrm://USER@HOST[:PORT]",
  "winrms://": "winrms://USER@HOST[:PORT]",
  "esxi://": "esxi://[USER@]HOST[:PORT]/VM",
  "ecs://": "ecs://REGION/INSTANCE-ID",
  "local://": "local://",
  "https://": "https://HOST/PATH/IMAGE",
};

function sourceChoices(typed: string, context: CompletionContext): readonly Choice[] {
  const region = /^ecs:\/\/([^/]*)$/i.exec(typed);
  if (region !== null) {
    return regionIds(context).map(({ id, title }) => ({
      text: `ecs://${id}/`,
      kind: CompletionItemKind.EnumMember,
      description: title,
      goesOn: true,
    }));
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(typed)) return [];
  const paths = completePath(typed, context.files).map(({ path, folder }) => ({
    text: path,
    kind: folder ? CompletionItemKind.Folder : CompletionItemKind.File,
    goesOn: folder,
  }));
  if (isPathStart(typed)) return paths;
  return [
    ...schemes.map((scheme) => ({
      text: scheme,
      kind: CompletionItemKind.Keyword,
      description: sourceForms[scheme],
      goesOn: scheme !== "local://",
    })),
    ...paths,
  ];
}

function regionIds({ catalogue, extraRegions, language }: CompletionContext): readonly {
  readonly id: string;
  readonly title: string;
}[] {
  const known = catalogue.regions.map((region) => ({ id: region.id, title: regionTitle(region, language) }));
  const more = extraRegions.filter((id) => !known.some((region) => region.id === id));
  return [...known, ...more.map((id) => ({ id, title: "" }))];
}

function regionChoices(chain: ChainBefore, verb: string, context: CompletionContext): readonly Choice[] {
  const bucketRegion = (bucket: string) => regionOfBucket(context.names, bucket);
  const own = imageRegion(chain, bucketRegion);
  const words = wordsOf(context.language);
  const detail = words.asOf(context.catalogue.asOf);
  const account = context.names.facts.region;
  return regionIds(context)
    .filter(({ id }) => verb !== "copyTo" || id !== own)
    .map(({ id, title }) => ({
      text: id,
      kind: CompletionItemKind.EnumMember,
      description: title,
      detail,
      // An image lies where its bucket lies.
      ...(verb === "import" && own !== undefined && id !== own ? { doubt: words.otherRegion(own, id) } : {}),
      first: id === own || id === account,
    }))
    .sort((one, other) => Number(other.first) - Number(one.first));
}

function zoneChoices(chain: ChainBefore, context: StepContext): readonly Choice[] {
  const region = launchRegion(chain, context);
  const zones = context.names.facts.zones?.items ?? [];
  return zones
    .filter((zone) => region === undefined || zone.region === region)
    .map(({ zone, region: at, instanceTypes }) => ({
      text: zone,
      kind: CompletionItemKind.EnumMember,
      description: instanceTypes === undefined ? at : `${at} · ${instanceTypes.length}`,
    }));
}

function instanceTypeChoices(chain: ChainBefore, context: StepContext): readonly Choice[] {
  const region = launchRegion(chain, context);
  const zones = context.names.facts.zones?.items ?? [];
  const here = zones.filter((zone) => region === undefined || zone.region === region);
  const names = [...new Set(here.flatMap(({ instanceTypes }) => instanceTypes ?? []))].sort();
  return names.map((text) => ({
    text,
    kind: CompletionItemKind.Constant,
    description: here
      .filter(({ instanceTypes }) => instanceTypes?.includes(text))
      .map(({ zone }) => zone)
      .join(", "),
  }));
}

/** Region that `launch` starts in, as far as it and the steps before it say: of several images any may be meant. */
function launchRegion(chain: ChainBefore, { names, step }: StepContext): string | undefined {
  const said = textOption(step, "region");
  if (said !== undefined) return said;
  const copies = chain.steps.some(({ verb }) => verb === "copyTo");
  const region = imageRegion(chain, (bucket) => regionOfBucket(names, bucket));
  return copies ? undefined : region;
}

/** Buckets in the region the image has to be in come first; the others say why they do not fit. */
function bucketChoices(chain: ChainBefore, context: StepContext): readonly Choice[] {
  const words = wordsOf(context.language);
  const wanted = textOption(context.step, "region") ?? contextRegion(chain) ?? context.names.facts.region;
  const buckets = context.names.facts.buckets?.items ?? [];
  return buckets
    .map(({ name, region, storageClass }) => ({
      text: name,
      kind: CompletionItemKind.Folder,
      description: storageClass === undefined ? region : `${region} · ${storageClass}`,
      ...doubtOf(
        wanted !== undefined && region !== wanted ? words.otherRegion(region, wanted) : undefined,
        storageClass !== undefined && !/^(?:Standard|IA)$/.test(storageClass)
          ? `${words.storageClass} ${storageClass}`
          : undefined,
      ),
    }))
    .sort(
      (one, other) => Number("doubt" in one) - Number("doubt" in other) || (one.text < other.text ? -1 : 1),
    );
}

function doubtOf(...doubts: readonly (string | undefined)[]): { readonly doubt?: string } {
  const said = doubts.filter((doubt) => doubt !== undefined).join("; ");
  return said === "" ? {} : { doubt: said };
}

function itemOf(
  text: PlanText,
  choice: Choice,
  range: TextRange,
  quoted: boolean,
  index: number,
): CompletionItem {
  const written = quoted ? escaped(choice.text) : JSON.stringify(choice.text);
  const detail = choice.doubt ?? choice.detail;
  return {
    label: choice.text,
    kind: choice.kind,
    textEdit: { range: text.rangeOf(range), newText: written },
    filterText: quoted ? written : choice.text,
    sortText: `${choice.doubt === undefined ? 0 : 1}${String(index).padStart(4, "0")}`,
    ...(detail === undefined ? {} : { detail }),
    ...(choice.description ? { labelDetails: { description: choice.description } } : {}),
    // Struck through, as near to grey as the protocol knows.
    ...(choice.doubt === undefined ? {} : { tags: [CompletionItemTag.Deprecated] }),
    ...(choice.goesOn ? { commitCharacters: [] } : {}),
  };
}

/** A name as it stands between quotes of any kind. */
function escaped(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replace(/['`]|\$\{/g, (found) => `\\${found}`);
}

function optionItems(text: PlanText, place: Extract<Place, { kind: "option" }>): readonly CompletionItem[] {
  const behind = text.text.slice(place.range.end, place.range.end + 20);
  const hasColon = /^\s*:/.test(behind);
  return optionsAt(place.verb, place.path)
    .filter(({ name }) => !place.given.includes(name))
    .map((facts, index) => ({
      label: facts.name,
      kind: CompletionItemKind.Property,
      detail:
        facts.values.length > 0 ? facts.values.map((value) => JSON.stringify(value)).join(" | ") : facts.type,
      documentation: facts.description,
      insertTextFormat: InsertTextFormat.PlainText,
      textEdit: { range: text.rangeOf(place.range), newText: hasColon ? facts.name : `${facts.name}: ` },
      sortText: String(index).padStart(4, "0"),
    }));
}
