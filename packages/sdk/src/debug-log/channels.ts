import { subscribe, unsubscribe } from "node:diagnostics_channel";

/** What to do with the messages of channels, by their names. */
// biome-ignore lint/suspicious/noExplicitAny: what a message is, its channel's name says.
export type Channels = Readonly<Record<string, (message: any) => void>>;

/**
 * Listens to channels until the function it gives is called. What a listener throws is dropped: Node.js would end the process by it, and
 * nothing that is written for later reading is worth a run.
 */
export function onChannels(channels: Channels): () => void {
  const stops = Object.entries(channels).map(([name, listener]) => {
    const safe = (message: unknown): void => {
      try {
        listener(message);
      } catch {
        // See above.
      }
    };
    subscribe(name, safe);
    return () => unsubscribe(name, safe);
  });
  return () => {
    for (const stop of stops) stop();
  };
}
