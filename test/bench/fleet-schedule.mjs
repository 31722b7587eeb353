#!/usr/bin/env node
// How long it takes to simulate fleets of two sizes with their real driver. Ten times the hosts may take thirty times as long, and no more:
// a step that looked at every host would take a hundred. Needs `npm run build`.
import { simulateFleet } from "../../packages/fleet/dist/index.js";
import { Migration } from "../../packages/sdk/dist/index.js";

const GiB = 2 ** 30;
// Nothing stops a wave: all of the fleet is to be played.
const policy = {
  failureLimit: 1,
  hostsPerSite: 40,
  hostsAtOnce: 300,
  blackouts: [
    { from: "08:00", to: "20:00", days: ["mon", "tue", "wed", "thu", "fri"], timeZone: "Asia/Shanghai" },
  ],
};
const options = { startMs: Date.parse("2026-03-02T12:00:00Z"), failureRate: 0.02 };

function fleetOf(count) {
  return Array.from({ length: count }, (_, index) => {
    const name = `host-${index}`;
    const source = `ssh://root@${name}`;
    const host = {
      name,
      source,
      site: `site-${index % 12}`,
      disks: [],
      bucket: "moved-images",
      region: "cn-hangzhou",
      targets: ["cn-shanghai"],
      wave: String(Math.floor((index * 8) / count)),
      owner: null,
      after: index % 10 === 3 ? [`host-${index - 1}`] : [],
      sizeBytes: (20 + ((index * 7) % 200)) * GiB,
      usedBytes: (10 + ((index * 3) % 10)) * GiB,
      more: {},
    };
    const plan = Migration.from(source)
      .assess()
      .prepare()
      .capture()
      .toVhd()
      .upload(host.bucket)
      .import({ name })
      .copyTo("cn-shanghai")
      .plan();
    return { host, plan };
  });
}

async function cpuOf(count) {
  const fleet = fleetOf(count);
  const from = process.cpuUsage();
  const { startsAt, endsAt } = await simulateFleet(fleet, policy, options);
  const { user, system } = process.cpuUsage(from);
  const days = (Date.parse(endsAt) - Date.parse(startsAt)) / 86_400_000;
  const megabytes = Math.round(process.memoryUsage().rss / 1e6);
  console.log(
    `${count} hosts: ${((user + system) / 1e6).toFixed(2)} s of CPU for ${days.toFixed(1)} days, ${megabytes} MB`,
  );
  return user + system;
}

await cpuOf(1_000);
const small = await cpuOf(1_000);
const ratio = (await cpuOf(10_000)) / small;
console.log(
  `ten times the hosts: ${ratio.toFixed(1)} times the CPU${ratio > 30 ? ", over the bar of 30" : ""}`,
);
