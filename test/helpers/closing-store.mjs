// A process that uses the fleet's store of the address that is its argument, closes it when it is told to, and then has nothing more to do.
import { openStore } from "@sampan/fleet/engine";

const store = await openStore({ url: process.argv[2] });
const worker = store.worker("q", async () => undefined, { name: "waiting" });
const events = store.queueEvents("q");
await Promise.all([worker.waitUntilReady(), events.waitUntilReady(), store.queue("q").getJobCounts()]);
process.once("message", async () => {
  await store.close();
  process.disconnect();
});
process.send("open");
