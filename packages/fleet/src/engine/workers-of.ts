import type { Queue } from "bullmq";

/** Names of the workers that are alive for a queue, as the store knows its connections. */
export async function workersOf(queue: Queue): Promise<readonly string[]> {
  const clients = await queue.getWorkers();
  const names = clients.map(({ rawname = "" }) => /:w:(.+)$/.exec(rawname)?.[1] ?? "unnamed");
  return [...new Set(names)].sort();
}
