import { say } from "../../language/speech.ts";
import { closestNames } from "../../terminal/closest-names.ts";
import { oneLine } from "../../terminal/plain-text.ts";
import type { Evaluator } from "../evaluator.ts";
import { explainValue } from "./explain-value.ts";
import { kindText, type Topic } from "./topics.ts";

/** What help looks at. */
export interface HelpWorld {
  readonly topics: readonly Topic[];
  readonly evaluator: Pick<Evaluator, "valueOf" | "names">;
}

/**
 * Help on what was typed behind `?`: a step (`assess`, `plan.upload`), one of its options (`upload.createBucket`), a query, an export, a
 * command, or a variable, of which it says what it is. Evaluates nothing.
 */
export function helpOn(typed: string, world: HelpWorld): string {
  const name = typed
    .trim()
    .replace(/^\./, "")
    .replace(/\(.*\)?$/s, "")
    .trim();
  const topics = world.topics.filter((topic) => names(topic).includes(name) || isLastOf(topic, name));
  const isOwn = world.evaluator.names().includes(name) && !topics.some(({ kind }) => isOfShell(kind));
  const parts = [
    ...(isOwn ? [[oneLine(name), ...explained(world.evaluator.valueOf(name))].join("\n")] : []),
    ...topics.map(topicText),
  ];
  if (parts.length > 0) return parts.join("\n\n");
  const known = [...world.topics.flatMap(names), ...world.evaluator.names()];
  const near = closestNames(name, known);
  const unknown = oneLine(name);
  return near.length > 0
    ? say("help.unknown-near", { name: unknown, near: near.join(say("list.or")) })
    : say("help.unknown", { name: unknown });
}

/** Help on the value of `h(x)`: on a text as {@link helpOn}, on a function of the shell by its name, on anything else what it is. */
export function helpOnValue(value: unknown, world: HelpWorld): string {
  if (typeof value === "string") return helpOn(value, world);
  const own = world.evaluator.names().find((name) => {
    const known = world.topics.some((topic) => topic.name === name && isOfShell(topic.kind));
    return known && world.evaluator.valueOf(name) === value;
  });
  return own === undefined ? explained(value).join("\n") : helpOn(own, world);
}

function explained(value: unknown): readonly string[] {
  return explainValue(value).map((line) => `  ${oneLine(line)}`);
}

/** Under which words a topic is found. */
function names({ name, kind }: Topic): readonly string[] {
  return kind === "command" ? [name, name.replace(/^sampan /, "")] : [name];
}

/** `plan.upload` means the step, whatever stands before it. */
function isLastOf({ kind, name }: Topic, typed: string): boolean {
  return kind === "step" && typed.endsWith(`.${name}`);
}

/** Names that are in scope from the start: of such a variable nothing is said but what it is for. */
function isOfShell(kind: Topic["kind"]): boolean {
  return kind === "query" || kind === "export";
}

function topicText({ kind, name, summary, details }: Topic): string {
  return [
    say("help.topic", { name, kind: kindText(kind) }),
    `  ${summary}`,
    ...details.map((line) => `  ${line}`),
  ].join("\n");
}
