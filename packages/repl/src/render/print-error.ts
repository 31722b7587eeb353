import { type ExitCode, errorCodeEntry, toErrorRecord } from "@sampan/core";
import { tellError } from "../debug-log/tell.ts";
import type { Output } from "../terminal/output.ts";
import { plainText } from "../terminal/plain-text.ts";
import { errorLines } from "./messages.ts";

/** Prints an error: a JSON line on stdout under `--json`, otherwise lines on stderr. Gives the exit code it stands for. */
export function printError(output: Output, thrown: unknown): ExitCode {
  tellError(thrown);
  const record = toErrorRecord(thrown);
  if (output.asJson) {
    output.json(record);
  } else {
    for (const line of errorLines(record, output.talkColours)) output.alert(line);
    const frame = record.details.frame;
    if (Array.isArray(frame)) output.alert(plainText(["", ...frame.map(String)].join("\n")));
    if (record.code === "CORE_INTERNAL" && typeof record.details.stack === "string") {
      output.alert(plainText(record.details.stack));
    }
  }
  return errorCodeEntry(record.code)?.exitCode ?? 1;
}
