// A process that works on a fleet's store until it is killed, or told to end by SIGTERM: what a test starts several of. Its argument is
// the options of `startFleetWorker` as JSON. It tells who started it whose disks it opens.
import { startFleetWorker } from "@sampan/fleet/engine";
import { openHost } from "@sampan/sdk";

const worker = await startFleetWorker({
  ...JSON.parse(process.argv[2]),
  services: {
    openHost(source) {
      process.send({ opened: source.path });
      return openHost(source);
    },
  },
});
process.once("SIGTERM", async () => {
  await worker.close();
  process.exit(0);
});
process.send("ready");
