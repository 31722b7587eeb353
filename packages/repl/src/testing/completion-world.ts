import * as sdk from "@sampan/sdk";
import { knownRegions } from "@sampan/sdk/catalogue";
import { completeInput } from "../shell/completion/complete-input.ts";
import { outlineScope } from "../shell/completion/session-values.ts";
import type { Completion, CompletionWorld, FolderEntry, KnownName } from "../shell/completion/world.ts";

/** A world of completion with the SDK in scope, and names made up. */
export function completionWorld(
  variables: Readonly<Record<string, unknown>> = {},
  known: Readonly<Record<string, readonly KnownName[]>> = {},
  folders: Readonly<Record<string, readonly FolderEntry[]>> = {},
): CompletionWorld {
  const scope = Object.defineProperties({ ...sdk }, Object.getOwnPropertyDescriptors(variables));
  const regions = knownRegions
    .filter(({ closed }) => closed !== true)
    .map(({ id, name }) => ({ value: id, summary: name, region: id }));
  return {
    variables: outlineScope(scope),
    names: (kind) => known[kind] ?? (kind === "region" ? regions : []),
    modules: ["sampan", "@sampan/sdk"],
    folder: (path) => folders[path],
    cwd: "/plans",
    accountNamesAge: known.bucket === undefined ? undefined : "3 min old",
  };
}

/** Completes a text at its `|`; gives the text after Tab with the cursor as `|`, and the values offered. */
export function tab(
  marked: string,
  world: CompletionWorld,
): Completion & { readonly text: string; readonly values: string[] } {
  const cursor = marked.indexOf("|");
  const text = marked.slice(0, cursor) + marked.slice(cursor + 1);
  const completion = completeInput(text, cursor, world);
  const before =
    completion.insert === undefined
      ? text.slice(0, cursor)
      : text.slice(0, completion.from) + completion.insert;
  return {
    ...completion,
    text: `${before}|${text.slice(cursor)}`,
    values: completion.candidates.map(({ value }) => value),
  };
}
