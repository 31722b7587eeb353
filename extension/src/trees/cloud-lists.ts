import { type Fields, fieldsOf, listOf, textOf } from "../fields.ts";
import { formatBytes } from "../runs/numbers.ts";
import type { CloudQuestion, FactRow } from "./cloud-rows.ts";

/** More rows than these are no list that a person looks through; a row says how many more there are. */
const mostRows = 500;

/** The arguments by which `sampan` is asked. */
export function questionArguments(question: CloudQuestion): readonly string[] {
  const list = (...words: readonly string[]) => ["list", ...words, "--cloud", "alibaba", "--json"];
  switch (question.of) {
    case "account":
      return ["whoami", "--cloud", "alibaba", "--json"];
    case "left":
      return ["gc", "--json"];
    case "doctor":
      return ["doctor", "--json"];
    case "images":
    case "snapshots":
      return list("regions");
    case "buckets":
      return list("buckets");
    case "images-in":
      return list("images", "--region", question.region);
    case "snapshots-in":
      return list("snapshots", "--region", question.region);
    case "objects-in":
      return list("objects", question.bucket, "--region", question.region);
  }
}

/** What `sampan list` answered, as rows; `more` words how many are not shown. Pure. */
export function listRows(
  question: CloudQuestion,
  answer: unknown,
  more: (count: number) => string,
): readonly FactRow[] {
  const { rows, missed } = fieldsOf(answer);
  const shown = rowsOf(question, listOf(rows));
  const left = shown.length - mostRows;
  return [
    ...shown.slice(0, mostRows),
    ...(left > 0 ? [{ label: more(left), description: "", icon: "info" as const, tooltip: "" }] : []),
    ...listOf(missed).map(missedRow),
  ];
}

function rowsOf(question: CloudQuestion, given: readonly Fields[]): readonly FactRow[] {
  switch (question.of) {
    case "images":
      return given.map(({ region }) => regionRow({ of: "images-in", region: textOf(region) }));
    case "snapshots":
      return given.map(({ region }) => regionRow({ of: "snapshots-in", region: textOf(region) }));
    case "images-in":
      return given.map((image) => thingRow(textOf(image.imageId), image, "package"));
    case "snapshots-in":
      return given.map((snapshot) => thingRow(textOf(snapshot.snapshotId), snapshot, "database"));
    case "buckets":
      return bucketsByRegion(given);
    case "objects-in":
      return given.map(({ key, sizeBytes, changedAt }) => ({
        label: textOf(key),
        description: bytesOf(sizeBytes),
        icon: "file",
        tooltip: textOf(changedAt),
        copies: textOf(key),
      }));
    default:
      return [];
  }
}

function regionRow(question: CloudQuestion & { readonly region: string }): FactRow {
  return { label: question.region, description: "", icon: "globe", tooltip: "", question };
}

/** An image or a snapshot: by its name, with its id and how it stands. */
function thingRow(
  id: string,
  { name, status, sizeBytes, createdAt }: Fields,
  icon: FactRow["icon"],
): FactRow {
  const title = textOf(name);
  const parts = [title === "" ? "" : id, textOf(status), bytesOf(sizeBytes)];
  return {
    label: title === "" ? id : title,
    description: parts.filter((part) => part !== "").join(" · "),
    icon,
    tooltip: [id, textOf(createdAt)].filter((part) => part !== "").join("\n"),
    copies: id,
  };
}

function bucketsByRegion(given: readonly Fields[]): readonly FactRow[] {
  const regions = [...new Set(given.map(({ region }) => textOf(region)))].sort();
  return regions.map((region) => ({
    label: region,
    description: "",
    icon: "globe",
    tooltip: "",
    rows: given
      .filter((bucket) => textOf(bucket.region) === region)
      .map(({ name, storageClass, createdAt }) => ({
        label: textOf(name),
        description: textOf(storageClass),
        icon: "database",
        tooltip: textOf(createdAt),
        copies: textOf(name),
        question: { of: "objects-in", bucket: textOf(name), region },
      })),
  }));
}

function missedRow({ region, code, message }: Fields): FactRow {
  return {
    label: textOf(region),
    description: textOf(code),
    icon: "error",
    tooltip: textOf(message),
    code: textOf(code),
  };
}

function bytesOf(value: unknown): string {
  return typeof value === "number" && Number.isFinite(value) ? formatBytes(value) : "";
}
