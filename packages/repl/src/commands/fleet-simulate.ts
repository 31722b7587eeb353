import { formatBytes, SampanError } from "@sampan/core";
import type { Simulation } from "@sampan/fleet";
import { type CommandCall, type CommandFunction, optionList, optionText } from "../command-call.ts";
import { assumedText } from "../fleet/advice-text.ts";
import { loadFleet } from "../fleet/load-fleet.ts";
import { say, sayFleet, translated } from "../language/speech.ts";
import { catchInterrupts } from "../run/interrupts.ts";
import { formatDuration, formatRate } from "../terminal/numbers.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { formatTable, tableStyleOf } from "../terminal/table.ts";

/** `sampan fleet simulate`: when each wave of a fleet would end, by its real driver on a clock that jumps. Reaches and changes nothing. */
export const run: CommandFunction = async (call) => {
  const { output } = call;
  const { migrations, policy } = await loadFleet(call);
  const { assuming, simulateFleet, usualAssumptions } = await import("@sampan/fleet");
  const stop = new AbortController();
  const release = catchInterrupts((reason) => stop.abort(reason));
  try {
    const simulation = await simulateFleet(migrations, policy, {
      assumed: assuming(ownNumbers(call, Object.keys(usualAssumptions)), say("fleet-simulate.own-number")),
      ...startOption(call),
      ...shareOption(call),
      ...(typeof call.options.seed === "number" ? { seed: call.options.seed } : {}),
      signal: stop.signal,
    });
    if (output.asJson) output.json(simulation);
    else tell(call, simulation);
    return simulation.outcomes.failed + simulation.outcomes.skipped > 0 ? 3 : 0;
  } finally {
    release();
  }
};

/** Numbers of `--assume NAME=NUMBER`. */
function ownNumbers({ options }: CommandCall, names: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    optionList(options, "assume").map((text) => {
      const [, name = "", number = ""] = /^(\w+)=(\d+(?:\.\d+)?)$/.exec(text) ?? [];
      if (names.includes(name) && Number(number) > 0) return [name, Number(number)];
      throw new SampanError("COMMAND_USAGE", `--assume ${oneLine(text)} is no number of the simulation`, {
        hint: `Write NAME=NUMBER, with one of ${names.join(", ")}.`,
      });
    }),
  );
}

function startOption({ options }: CommandCall): { readonly startMs?: number } {
  const text = optionText(options, "start");
  if (text === undefined) return {};
  const startMs = Date.parse(text);
  if (!Number.isNaN(startMs)) return { startMs };
  throw new SampanError("COMMAND_USAGE", `--start ${oneLine(text)} is no time`, {
    hint: "Write it as 2026-12-01T20:00+08:00.",
  });
}

function shareOption({ options }: CommandCall): { readonly failureRate?: number } {
  const text = optionText(options, "failures");
  if (text === undefined) return {};
  const percent = /^(\d{1,3}(?:\.\d+)?)%$/.exec(text)?.[1];
  if (percent !== undefined && Number(percent) <= 100) return { failureRate: Number(percent) / 100 };
  throw new SampanError("COMMAND_USAGE", `--failures ${oneLine(text)} is no share of the hosts`, {
    hint: "Write it as 5%.",
  });
}

function tell({ output }: CommandCall, simulation: Simulation): void {
  const style = tableStyleOf(output);
  const beginMs = Date.parse(simulation.startsAt);
  const after = (iso: string | null): string =>
    iso === null ? "–" : formatDuration(Date.parse(iso) - beginMs);
  output.data(
    formatTable(
      [
        say("fleet-advice.head.wave"),
        say("fleet-advice.head.hosts"),
        say("fleet-advice.head.failed"),
        say("fleet-advice.head.skipped"),
        say("fleet-advice.head.begins-after"),
        say("fleet-advice.head.ends-after"),
        say("fleet-advice.head.ends-at"),
      ],
      simulation.waves.map((wave) => [
        wave.wave,
        ...[wave.hosts, wave.failed, wave.skipped].map(String),
        ...[after(wave.startsAt), after(wave.endsAt), minuteOf(wave.endsAt)],
      ]),
      style,
    ),
  );
  output.data("");
  output.data(
    formatTable(
      [
        say("fleet-advice.head.site"),
        say("fleet-advice.head.hosts"),
        say("fleet-advice.head.sends"),
        say("fleet-advice.head.line"),
        say("fleet-advice.head.busy"),
        say("fleet-advice.head.at-once"),
        say("fleet-advice.head.ends-after"),
      ],
      simulation.sites.map((site) => [
        site.site,
        String(site.hosts),
        formatBytes(site.bytes),
        formatRate(site.bytesPerSecond),
        `${Math.round(site.busyShare * 100)} %`,
        String(site.peakHosts),
        after(site.endsAt),
      ]),
      style,
    ),
  );
  for (const { wave, stopped } of simulation.waves) {
    if (stopped !== null)
      output.data(
        say("fleet-simulate.stopped", { wave: oneLine(wave), reason: oneLine(translated(stopped)) }),
      );
  }
  if (simulation.bottlenecks.length > 0) {
    output.data(`\n${say("fleet-simulate.bottlenecks")}`);
    for (const { share, says } of simulation.bottlenecks)
      output.data(`  ${String(Math.round(share * 100)).padStart(3)} %  ${oneLine(sayFleet(says))}`);
  }
  output.data(`\n${say("fleet-simulate.assumptions")}`);
  for (const { name, value, unit, basis, hosts } of simulation.assumptions) {
    const facts = {
      name,
      number: typeof value === "number" ? assumedText({ value, unit }) : value,
      basis: sayFleet(basis),
    };
    const line =
      hosts === null
        ? say("fleet-simulate.assumption", facts)
        : say("fleet-simulate.assumption-of", { ...facts, hosts });
    output.data(`  ${oneLine(line)}`);
  }
}

/** The minute of a time, in UTC. */
function minuteOf(iso: string): string {
  return `${iso.slice(0, 16).replace("T", " ")} UTC`;
}
