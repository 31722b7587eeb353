// A worker of bench/fleet.mjs, which forks it: version 1 of its pipeline has six stages that do nothing, version 2 one that waits until it
// is stopped and tells when that was. Also what the bench itself imports to have the same pipelines.
import { fileURLToPath } from "node:url";
import { startFleetWorker } from "@sampan/fleet/engine";

function stage(name, run) {
  return { name, place: () => ({ near: "anywhere" }), summary: () => name, run };
}

const names = ["one", "two", "three", "four", "five", "six"];
const nothing = names.map((name) => stage(name, async () => name));
const waiting = stage("waiting", (_input, { signal }) => {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => {
      process.send({ stoppedAt: Date.now() });
      reject(signal.reason);
    });
    process.send({ waitingAt: Date.now() });
  });
});

export const sixStages = {
  name: "six",
  version: 1,
  aliases: {},
  keys: () => names,
  async run(p) {
    let last = "";
    for (const one of nothing) last = await p.stage(one, last);
  },
};

export const oneThatWaits = {
  name: "waits",
  version: 2,
  aliases: {},
  keys: () => ["waiting"],
  run: (p) => p.stage(waiting, ""),
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const services = {
    openHost: () => Promise.reject(new Error("no host is needed here")),
    connect: () => Promise.reject(new Error("no cloud is needed here")),
  };
  await startFleetWorker({
    ...JSON.parse(process.argv[2]),
    services,
    pipelines: [sixStages, oneThatWaits],
  });
  process.send("ready");
}
