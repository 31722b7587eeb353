import type { CommandFunction } from "../command-call.ts";
import { type Check, runChecks } from "../doctor/checks.ts";
import { say, translated } from "../language/speech.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { padText, textWidth } from "../terminal/width.ts";

/** `sampan doctor`: checks this machine; exit code 1 when something needed is missing. */
export const run: CommandFunction = async (call) => {
  const { output } = call;
  const { colours } = output;
  const checks = await runChecks({ env: call.env, cwd: call.cwd });
  const healthy = checks.every((check) => check.state !== "failed");
  if (output.asJson) {
    output.json({ healthy, checks });
    return healthy ? 0 : 1;
  }
  const marks = output.unicode
    ? { ok: "✓", note: "·", warning: "!", failed: "✗" }
    : { ok: "+", note: ".", warning: "!", failed: "x" };
  const paint = { ok: colours.green, note: colours.dim, warning: colours.yellow, failed: colours.red };
  const width = Math.max(...checks.map((check) => textWidth(translated(check.name))));
  const lines = (check: Check): string[] => {
    const line = `${paint[check.state](marks[check.state])} ${padText(translated(check.name), width)}  ${oneLine(translated(check.fact))}`;
    return check.fix === null
      ? [line]
      : [line, `  ${" ".repeat(width)}  ${say("doctor.fix", { fix: oneLine(translated(check.fix)) })}`];
  };
  for (const check of checks) for (const line of lines(check)) output.data(line);
  output.data("");
  output.data(
    translated(
      healthy
        ? "this machine is ready for rehearsals"
        : "mend what is marked, then run `sampan doctor` again",
    ),
  );
  return healthy ? 0 : 1;
};
