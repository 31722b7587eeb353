import type { FleetEvent, FleetView } from "@sampan/fleet";
import type { Observable } from "rxjs";
import type { CommandCall } from "../command-call.ts";
import { catchInterrupts } from "../run/interrupts.ts";
import { createFleetScreen, type FleetScreen } from "./watch/fleet-screen.ts";

/** How a fleet is followed. */
export interface FollowOptions {
  readonly events: Observable<FleetEvent>;
  /** Bytes by host that an inventory tells of. */
  readonly expected?: Readonly<Record<string, number>>;
  /** Asked for every few seconds: how many workers are alive by site. */
  readonly workers?: () => Promise<Readonly<Record<string, number>>>;
  /** Whether the fleet goes on when its watcher leaves. */
  readonly goesOn: boolean;
  /** Asked once when the watcher leaves; what still happens until it resolves is shown. */
  readonly onLeave?: () => Promise<unknown>;
  /** The first Ctrl+C. What it leaves to be waited for is waited for, unless it gives true: then the watching ends at once. */
  readonly onInterrupt: (reason: string, screen: FleetScreen) => boolean;
}

/** What came of following. */
export interface FollowedFleet {
  readonly view: FleetView;
  /** Whether the watcher left before the end. */
  readonly left: boolean;
}

const askWorkersEveryMs = 5_000;

/** Shows the events of a fleet until they end, or until the watcher leaves. The second Ctrl+C ends the process. */
export async function followFleet(call: CommandCall, options: FollowOptions): Promise<FollowedFleet> {
  let leave: () => void = () => undefined;
  const leaving = new Promise<true>((resolve) => {
    leave = () => resolve(true);
  });
  // What the keys and the signals do is needed before there is a screen for them to act on.
  const interrupted = (reason: string): void => {
    if (options.onInterrupt(reason, screen)) leave();
  };
  let asked = false;
  const screen = createFleetScreen(call.output, {
    ...(options.expected === undefined ? {} : { expected: options.expected }),
    ...(call.output.live ? { keys: process.stdin } : {}),
    ...(options.goesOn ? { onLeave: () => leave() } : {}),
    onInterrupt: () => {
      if (asked) process.exit(130);
      asked = true;
      interrupted("by Ctrl+C");
    },
  });
  const release = catchInterrupts(interrupted);
  const { workers } = options;
  const look = (): void =>
    void workers?.().then(
      (alive) => screen.workers(alive),
      () => undefined,
    );
  const timer = workers === undefined ? undefined : setInterval(look, askWorkersEveryMs);
  look();
  let subscription: { unsubscribe(): void } | undefined;
  try {
    const ended = new Promise<false>((resolve, reject) => {
      subscription = options.events.subscribe({
        next: (event) => screen.show(event),
        complete: () => resolve(false),
        error: reject,
      });
    });
    const left = await Promise.race([ended, leaving]);
    if (left) {
      // A store that is away may keep it waiting: the next Ctrl+C ends the process.
      asked = true;
      await options.onLeave?.();
    }
    // What goes on is drawn no more.
    subscription?.unsubscribe();
    return { left, view: screen.end() };
  } catch (error) {
    screen.end();
    throw error;
  } finally {
    clearInterval(timer);
    release();
  }
}
