import { inspect } from "node:util";
import { isStage } from "@sampan/sdk";
import { translated } from "../language/speech.ts";
import { planText } from "../plan/print-plan.ts";
import type { Output } from "../terminal/output.ts";
import { plainText } from "../terminal/plain-text.ts";

/** A value as text for the terminal. A plan is described, never run; everything foreign is made safe. */
export function showValue(value: unknown, output: Output): string {
  if (isStage(value)) {
    return `${plainText(planText(value.plan()))}\n${output.colours.dim(translated("nothing was done: `.run()` starts it, `.plan()` gives it as JSON"))}`;
  }
  if (typeof value === "string") return output.colours.green(plainText(JSON.stringify(value)));
  // Colours come after the text is safe: inspect escapes control characters in strings, not in everything.
  return plainText(inspect(value, { colors: false, depth: 4, maxArrayLength: 50, maxStringLength: 2_000 }));
}
