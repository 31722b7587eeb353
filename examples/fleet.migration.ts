// Moves every server of a list. Run: sampan run fleet.migration.ts --parallel 8 --bandwidth 200mbit
//
// A plan is one host; a list of plans is a fleet. What fails keeps no other from running, and the same command goes on with what is left.
import { Migration } from "sampan";

const servers = [
  { host: "web-01", regions: ["cn-shanghai"] },
  { host: "web-02", regions: ["cn-shanghai", "ap-southeast-1"] },
  { host: "db-01", regions: [] },
];

export default servers.map(({ host, regions }) => {
  const image = Migration.from(`ssh://root@${host}`)
    .assess()
    .prepare()
    .capture({ consistency: "snapshot" })
    .toVhd()
    .upload("fleet-images", { createBucket: true })
    .import({ name: host, createRole: true });
  return regions.length > 0 ? image.copyTo(...regions) : image;
});
