// A process that works on a fleet's store until it is killed, or told to end by SIGTERM: what a test starts several of. Its argument is
// the options of `startFleetWorker` as JSON.
import { startFleetWorker } from "@sampan/fleet/engine";

const worker = await startFleetWorker(JSON.parse(process.argv[2]));
process.once("SIGTERM", async () => {
  await worker.close();
  process.exit(0);
});
process.send("ready");
