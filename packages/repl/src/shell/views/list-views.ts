import { formatBytes } from "@sampan/core";
import { type MessageKey, say } from "../../language/speech.ts";

type Item = Readonly<Record<string, unknown>>;
type NameBehind<Start extends string> = MessageKey extends infer Key
  ? Key extends `${Start}${infer Name}`
    ? Name
    : never
  : never;

/** What the things of a list are called. */
export type ViewNoun = NameBehind<"view.count.">;
/** The head of a column. */
export type ViewHead = NameBehind<"view.head.">;

/** Heads of columns, in the language of this process. */
export function viewHeads(heads: readonly ViewHead[]): readonly string[] {
  return heads.map((head) => say(`view.head.${head}`));
}

/** How a list of things of one kind is shown. */
export interface ListView {
  /** What the things are called. */
  readonly noun: ViewNoun;
  /** Whether a value is such a thing. */
  readonly fits: (item: Item) => boolean;
  readonly head: readonly ViewHead[];
  readonly row: (item: Item) => readonly string[];
}

const none = "–";

/** Lists that are shown as tables. The first that fits is taken. */
export const listViews: readonly ListView[] = [
  {
    noun: "image",
    fits: (item) => hasTexts(item, "imageId", "region", "status"),
    head: ["region", "image", "name", "status", "size", "created"],
    row: (item) => [
      text(item.region),
      text(item.imageId),
      text(item.name),
      text(item.status),
      bytes(item.sizeBytes),
      text(item.createdAt),
    ],
  },
  {
    noun: "snapshot",
    fits: (item) => hasTexts(item, "snapshotId", "region", "status"),
    head: ["region", "snapshot", "name", "status", "disk", "size"],
    row: (item) => [
      text(item.region),
      text(item.snapshotId),
      text(item.name),
      text(item.status),
      text(item.diskId),
      bytes(item.sizeBytes),
    ],
  },
  {
    noun: "object",
    fits: (item) => hasTexts(item, "bucket", "key", "changedAt"),
    head: ["key", "size", "last-change"],
    row: (item) => [text(item.key), bytes(item.sizeBytes), text(item.changedAt)],
  },
  {
    noun: "bucket",
    fits: (item) => hasTexts(item, "name", "region", "storageClass"),
    head: ["bucket", "region", "class", "created"],
    row: (item) => [text(item.name), text(item.region), text(item.storageClass), text(item.createdAt)],
  },
  {
    noun: "run",
    fits: (item) => hasTexts(item, "runId", "state", "title"),
    head: ["run", "state", "done", "last-change", "host"],
    row: (item) => [
      text(item.runId),
      text(item.state),
      doneOf(item.stages),
      text(item.updatedAt).replace("T", " ").replace(/\..*$/, ""),
      text(item.title),
    ],
  },
  {
    noun: "finding",
    fits: (item) => hasTexts(item, "rule", "severity", "message"),
    head: ["severity", "rule", "fix-up", "message"],
    row: (item) => [
      item.accepted === null || item.accepted === undefined ? text(item.severity) : say("view.accepted"),
      text(item.rule),
      text(item.fixup),
      text(item.message),
    ],
  },
  {
    noun: "extent",
    fits: (item) =>
      ["data", "zero", "hole"].includes(String(item.kind)) &&
      typeof item.offset === "number" &&
      typeof item.length === "number",
    head: ["kind", "from-byte", "bytes", "size"],
    row: (item) => [text(item.kind), text(item.offset), text(item.length), bytes(item.length)],
  },
  {
    noun: "region",
    fits: (item) => hasTexts(item, "region") && Object.keys(item).length === 1,
    head: ["region"],
    row: (item) => [text(item.region)],
  },
];

/** The view of a list; `undefined` for what is no list of things of one known kind. Pure. */
export function listViewOf(
  value: unknown,
): { readonly view: ListView; readonly items: readonly Item[] } | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const items = value as readonly unknown[];
  const view = listViews.find(({ fits }) => items.every((item) => isItem(item) && fits(item)));
  return view && { view, items: items as readonly Item[] };
}

/** Whether a value is an object that can have fields. */
export function isItem(value: unknown): value is Item {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function hasTexts(item: Item, ...names: readonly string[]): boolean {
  return names.every((name) => typeof item[name] === "string");
}

function text(value: unknown): string {
  if (value === null || value === undefined || value === "") return none;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function bytes(value: unknown): string {
  return typeof value === "number" && Number.isFinite(value) ? formatBytes(value) : none;
}

function doneOf(stages: unknown): string {
  if (!Array.isArray(stages)) return none;
  const done = stages.filter((stage: unknown) => isItem(stage) && stage.state === "finished").length;
  return say("view.done-of", { done, total: stages.length });
}
