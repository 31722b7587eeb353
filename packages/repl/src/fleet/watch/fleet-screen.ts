import {
  createFleetFold,
  type ExpectedBytes,
  type FleetEvent,
  type FleetFold,
  type FleetView,
} from "@sampan/fleet";
import { say } from "../../language/speech.ts";
import { createLiveBlock } from "../../terminal/live-block.ts";
import type { Output } from "../../terminal/output.ts";
import { fleetLines } from "./draw-fleet.ts";
import { keysIn, pressed } from "./fleet-keys.ts";
import { createFleetLog } from "./fleet-log.ts";
import { firstPlace, shownHosts } from "./fleet-style.ts";

/** Shows what happens to a fleet as it comes. */
export interface FleetScreen {
  show(event: FleetEvent): void;
  /** How many workers are alive by site, as the store says. */
  workers(alive: Readonly<Record<string, number>>): void;
  /** Says that the user asked to stop. */
  stopping(): void;
  /** Ends the drawing, leaves the terminal clean and gives what was learnt. */
  end(): FleetView;
}

/** A terminal that keys are typed at: `process.stdin`, or one of a test. */
export interface KeyTerminal {
  readonly isTTY?: boolean;
  setRawMode(raw: boolean): unknown;
  on(event: "data", listener: (bytes: Buffer) => void): unknown;
  off(event: "data", listener: (bytes: Buffer) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

/** What {@link createFleetScreen} needs besides the output. */
export interface FleetScreenOptions {
  readonly expected?: ExpectedBytes;
  /** Where keys come from; none are listened to when absent, and where it is no terminal. */
  readonly keys?: KeyTerminal;
  /** The watcher pressed `q`: the fleet goes on. Absent where it would not. */
  readonly onLeave?: () => void;
  /** Ctrl+C, which a terminal whose keys are listened to no longer makes a signal of. */
  readonly onInterrupt?: () => void;
  readonly now?: () => number;
}

/** Chooses how a fleet is shown: NDJSON, a dashboard on a terminal, plain lines otherwise, or nothing when quiet. */
export function createFleetScreen(output: Output, options: FleetScreenOptions = {}): FleetScreen {
  if (output.asJson) return silentScreen(options, (event) => output.json(event));
  if (output.quiet) return silentScreen(options, () => {});
  return output.live ? liveScreen(output, options) : plainScreen(output, options);
}

function silentScreen(
  { expected, now = Date.now }: FleetScreenOptions,
  tell: (event: FleetEvent) => void,
): FleetScreen {
  const fold = createFleetFold(expected);
  return {
    show(event) {
      fold.add(event);
      tell(event);
    },
    workers() {},
    stopping() {},
    end: () => fold.view(now()),
  };
}

const lookEveryMs = 5_000;

function plainScreen(output: Output, { expected, now = Date.now }: FleetScreenOptions): FleetScreen {
  const log = createFleetLog(output.talkColours, expected);
  const talk = (lines: readonly string[]): void => {
    for (const line of lines) output.talk(line);
  };
  const timer = setInterval(() => talk(log.beat(now())), lookEveryMs);
  timer.unref();
  return {
    show: (event) => talk(log.add(event)),
    workers() {},
    stopping: () => output.talk(say("run.stopping")),
    end() {
      clearInterval(timer);
      return log.view(now());
    },
  };
}

/** Hundreds of hosts tell much; a person reads a screen twice a second at most. */
const redrawEveryMs = 500;
const soonestMs = 100;

function liveScreen(output: Output, options: FleetScreenOptions): FleetScreen {
  const { now = Date.now, keys } = options;
  const fold: FleetFold = createFleetFold(options.expected);
  const block = createLiveBlock(output.stderr, { ...output, reflows: output.traits.reflows });
  const hasKeys = keys?.isTTY === true;
  let alive: Readonly<Record<string, number>> = {};
  let place = firstPlace;
  let stopping = false;
  let drawnMs = Number.NEGATIVE_INFINITY;
  const draw = (): void => {
    drawnMs = now();
    block.draw(
      fleetLines(fold.view(now()), {
        // One cell and one line stay free: some terminals wrap when the last one is written.
        columns: Math.max(10, output.columns() - 1),
        rows: Math.max(4, output.rows() - 1),
        unicode: output.unicode,
        colours: output.talkColours,
        nowMs: now(),
        stopping,
        place,
        workers: alive,
        hasKeys,
        canLeave: options.onLeave !== undefined,
      }),
    );
  };
  const press = (key: string): void => {
    const hosts = shownHosts(fold.view(now()).hosts, place).length;
    const page = Math.max(1, output.rows() - 8);
    const effect = pressed(place, key, { hosts, page });
    if (effect?.kind === "leave") options.onLeave?.();
    else if (effect?.kind === "interrupt") options.onInterrupt?.();
    else if (effect !== null) {
      place = effect.place;
      draw();
    }
  };
  const onKeys = (bytes: Buffer): void => {
    for (const key of keysIn(bytes.toString("utf8"))) press(key);
  };
  if (hasKeys) {
    keys.setRawMode(true);
    keys.on("data", onKeys);
    keys.resume();
  }
  const timer = setInterval(draw, redrawEveryMs);
  timer.unref();
  return {
    show(event) {
      fold.add(event);
      // What has happened already comes at once, and is not worth a drawing each.
      const sinceMs = now() - drawnMs;
      if (event.type !== "host.run" && (sinceMs < 0 || sinceMs >= soonestMs)) draw();
    },
    workers(given) {
      alive = given;
    },
    stopping() {
      stopping = true;
      draw();
    },
    end() {
      clearInterval(timer);
      if (hasKeys) {
        keys.off("data", onKeys);
        keys.setRawMode(false);
        keys.pause();
      }
      block.end();
      return fold.view(now());
    },
  };
}
