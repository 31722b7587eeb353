import { writeFile } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { SampanError } from "@sampan/core";
import type { FleetReport, FleetView } from "@sampan/fleet";
import { type CommandCall, optionList, optionText } from "../command-call.ts";
import { say } from "../language/speech.ts";
import { oneLine } from "../terminal/plain-text.ts";

const endings = [".html", ".csv", ".json"];

/**
 * Where `--report` wants a report of the fleet; `undefined` when none is wanted.
 *
 * @throws `COMMAND_USAGE` for an ending that says no format, before anything is begun.
 */
export function reportFile({ options, cwd }: CommandCall): string | undefined {
  const path = optionText(options, "report");
  if (path === undefined) return undefined;
  if (endings.includes(extname(path).toLowerCase())) return resolve(cwd, path);
  throw new SampanError("COMMAND_USAGE", `--report ${oneLine(path)}: its ending says no format`, {
    hint: "Let it end in .html, .csv or .json.",
  });
}

/** Writes the report of a fleet, or of the one wave that was asked for; the user's alone. `COMMAND_WRITE_FAILED` where it cannot. */
export async function writeReport(call: CommandCall, view: FleetView, file: string): Promise<void> {
  const { fleetReport, fleetReportCsv, fleetReportHtml } = await import("@sampan/fleet");
  const writers: Readonly<Record<string, (report: FleetReport) => string>> = {
    ".html": fleetReportHtml,
    ".csv": fleetReportCsv,
    ".json": (report) => `${JSON.stringify(report, null, 2)}\n`,
  };
  const [wave, other] = optionList(call.options, "wave");
  const report = fleetReport(view, wave !== undefined && other === undefined ? { wave } : {});
  const text = writers[extname(file).toLowerCase()]?.(report) ?? "";
  try {
    await writeFile(file, text, { mode: 0o600 });
  } catch (error) {
    throw new SampanError("COMMAND_WRITE_FAILED", `writing the report of the fleet to ${file}`, {
      cause: error,
    });
  }
  call.output.talk(say("fleet-run.wrote", { file: oneLine(file) }));
}
