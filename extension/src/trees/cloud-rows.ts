import { type Fields, fieldsOf, listOf, textOf } from "../fields.ts";

/** What `sampan` is asked when a row is opened, and not before. */
export type CloudQuestion =
  | { readonly of: "account" | "left" | "doctor" | "images" | "snapshots" | "buckets" }
  | { readonly of: "images-in" | "snapshots-in"; readonly region: string }
  | { readonly of: "objects-in"; readonly bucket: string; readonly region: string };

/** A row of the cloud's tree that says something. Plain data. */
export interface FactRow {
  readonly label: string;
  readonly description: string;
  readonly icon: "info" | "pass" | "warning" | "error" | "package" | "key" | "globe" | "database" | "file";
  readonly tooltip: string;
  /** What `Copy` takes of it. */
  readonly copies?: string;
  /** What is asked for the rows below it; rows that are known already need no question. */
  readonly question?: CloudQuestion;
  readonly rows?: readonly FactRow[];
  /** Code of the error that the row tells of: it can be explained. */
  readonly code?: string;
}

/** What `sampan whoami --json` tells. */
export function accountRows(answer: Fields): readonly FactRow[] {
  const caller = fieldsOf(answer.caller);
  const parts = fieldsOf(answer.parts);
  const rows: FactRow[] = [];
  const add = (label: string, value: unknown, icon: FactRow["icon"] = "info", tooltip = ""): void => {
    if (typeof value === "string" && value !== "") rows.push({ label, description: value, icon, tooltip });
  };
  add("account", caller.accountId, "key");
  add("arn", caller.arn);
  for (const name of ["profile", "region"]) {
    const part = fieldsOf(parts[name]);
    add(name, part.value, "info", textOf(part.source));
  }
  add("credentials", answer.source);
  add("expires", answer.expiresAt, "warning");
  for (const warning of Array.isArray(answer.warnings) ? answer.warnings : [])
    add("warning", warning, "warning");
  return rows;
}

/** What `sampan gc --json` lists: what runs left that costs money or is on a host. */
export function leftRows(answer: unknown): readonly FactRow[] {
  return listOf(answer).flatMap(({ runId, title, left }) =>
    listOf(left).map(({ kind, id, region }) => ({
      label: textOf(id),
      description: [textOf(kind), textOf(region)].filter((part) => part !== "").join(" · "),
      icon: "package",
      tooltip: `${textOf(title)}\n${textOf(runId)}`,
      copies: textOf(id),
    })),
  );
}

/** What `sampan doctor --json` found. */
export function doctorRows(answer: Fields): readonly FactRow[] {
  const icons: Readonly<Record<string, FactRow["icon"]>> = {
    ok: "pass",
    note: "info",
    warning: "warning",
    failed: "error",
  };
  return listOf(answer.checks).map(({ name, state, fact, fix }) => ({
    label: textOf(name),
    description: textOf(fact),
    icon: icons[textOf(state)] ?? "error",
    tooltip: textOf(fix),
  }));
}
