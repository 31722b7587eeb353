import { say } from "../language/speech.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { fitText, textWidth } from "../terminal/width.ts";
import type { ShellContext } from "./shell-context.ts";

/**
 * The prompt: number of the input, cloud, profile, region; in a narrow terminal without what matters least. Pure.
 */
export function promptText(number: number, context: ShellContext, columns: number): string {
  const cloud = context.rehearsal ? say("run.rehearsal") : oneLine(context.cloud);
  const profile = context.profile === null ? [] : [oneLine(context.profile)];
  const region = oneLine(context.region);
  const choices = [
    ["sampan", `[${number}]`, cloud, ...profile, region],
    [`[${number}]`, cloud, ...profile, region],
    [`[${number}]`, cloud, ...profile],
    [`[${number}]`, cloud],
    [cloud],
  ].map((words) => `${words.join(" ")}> `);
  // Half of the screen for a person to type in, whatever the names are.
  const most = Math.floor(columns / 2);
  return choices.find((text) => textWidth(text) <= most) ?? `${fitText(cloud, Math.max(1, most - 2))}> `;
}

/** What stands before further lines of an input: as wide as the prompt, within reason, so that lines stand below each other. Pure. */
export function continuationText(prompt: string): string {
  return `${" ".repeat(Math.max(0, Math.min(textWidth(prompt), 40) - 4))}... `;
}
