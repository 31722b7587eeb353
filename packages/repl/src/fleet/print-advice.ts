import type { CommandCall } from "../command-call.ts";
import { say } from "../language/speech.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { formatTable, tableStyleOf } from "../terminal/table.ts";
import type { LoadedFleet } from "./load-fleet.ts";

/** Says what migrating a fleet would take: bytes, hours, what limits it, what is billed, by site and by wave. Nothing is reached. */
export async function printAdvice(
  { output }: CommandCall,
  { migrations, policy }: LoadedFleet,
): Promise<void> {
  const [{ adviseFleet }, { adviceText }] = await Promise.all([
    import("@sampan/fleet"),
    import("./advice-text.ts"),
  ]);
  const advice = adviseFleet(migrations, policy);
  if (output.asJson) {
    output.json(advice);
    return;
  }
  const text = adviceText(advice);
  const style = tableStyleOf(output);
  output.data(oneLine(text.summary));
  for (const { title, head, rows } of text.tables) {
    output.data(`\n${output.colours.bold(title)}`);
    output.data(formatTable(head, rows, style));
  }
  for (const [title, lines] of [
    [say("fleet-advice.advice"), text.advice],
    [say("fleet-simulate.assumptions"), text.assumptions],
  ] as const) {
    if (lines.length === 0) continue;
    output.data(`\n${title}`);
    for (const line of lines) output.data(`  ${oneLine(line)}`);
  }
  output.talk(say("fleet-advice.nothing-done"));
}
