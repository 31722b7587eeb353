import { EventEmitter } from "node:events";
import type { RunEvent } from "@sampan/core";
import { isRunEvent } from "@sampan/sdk/engine";
import { signalQueue } from "./queue-names.ts";
import type { FleetStore } from "./store/store.ts";
import { within } from "./within.ts";

/*
 * What is told to whoever listens, and may be lost: everything that counts is in the store besides, where listeners look for it every
 * now and then.
 */

// So many are kept for listeners whose connection was lost for a moment.
const keptSignals = 10_000;
const closeWithinMs = 5000;

interface SignalEvents {
  /** Something was added to a run's journal. */
  journal: [runId: string];
  /** A run was asked to stop. */
  stop: [runId: string];
  progress: [event: RunEvent];
  /** There is a queue that was not there before. */
  queues: [];
}

/** Tells others what happens; nobody waits for it, and nothing is wrong when it is lost. */
export class SignalSender {
  readonly #store: FleetStore;

  constructor(store: FleetStore) {
    this.#store = store;
  }

  journal(runId: string): void {
    this.#send("journal", runId, "");
  }

  stop(runId: string): void {
    this.#send("stop", runId, "");
  }

  queues(): void {
    this.#send("queues", "", "");
  }

  progress(event: RunEvent): void {
    this.#send("progress", event.runId, JSON.stringify(event));
  }

  #send(signal: keyof SignalEvents, runId: string, told: string): void {
    if (!this.#store.available()) return;
    this.#store
      .producer(signalQueue)
      .publishEvent({ eventName: `sampan-${signal}`, runId, told }, keptSignals)
      .catch(() => undefined);
  }
}

/** Hears what others tell, from when it was made. */
export class SignalListener extends EventEmitter<SignalEvents> {
  readonly #close: () => Promise<void>;

  constructor(store: FleetStore) {
    super();
    // A listener a run that is watched.
    this.setMaxListeners(0);
    const heard = store.queueEvents(signalQueue);
    const hear = (signal: keyof SignalEvents, tell: (told: Record<string, unknown>) => void): void => {
      // Names of one's own are no names of the library's types.
      (heard as unknown as EventEmitter).on(`sampan-${signal}`, (told: Record<string, unknown>) =>
        tell(told),
      );
    };
    hear("journal", ({ runId }) => typeof runId === "string" && this.emit("journal", runId));
    hear("stop", ({ runId }) => typeof runId === "string" && this.emit("stop", runId));
    hear("queues", () => this.emit("queues"));
    hear("progress", ({ told }) => {
      const progress = parsedEvent(told);
      if (progress !== undefined) this.emit("progress", progress);
    });
    this.#close = () => heard.close();
  }

  /** Hears no more. Resolves after 5 s at the latest. */
  close(): Promise<void> {
    this.removeAllListeners();
    return within(closeWithinMs, this.#close());
  }
}

function parsedEvent(text: unknown): RunEvent | undefined {
  if (typeof text !== "string") return undefined;
  try {
    const event: unknown = JSON.parse(text);
    return isRunEvent(event) ? event : undefined;
  } catch {
    return undefined;
  }
}
