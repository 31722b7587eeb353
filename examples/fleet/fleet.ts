// Moves the hosts of an inventory in two waves, each by a plan made of its row. Put it into a folder with inventory.csv and change both.
//
// From Monday to Friday nothing is begun between 8 and 20 o'clock of Shanghai. The database is in before the web servers that need it, as the column `after` says.
import { defineFleet } from "@sampan/fleet";
import { Migration } from "sampan";

export default defineFleet({
  inventory: "./inventory.csv",
  plan(host) {
    const image = Migration.from(host.source)
      .assess()
      .prepare()
      // A database is held still for its moment; what else runs on volumes of LVM has a snapshot.
      .capture({ consistency: host.more.tier === "database" ? "freeze" : "snapshot" })
      .toVhd()
      .upload(host.bucket, { region: host.region })
      .import({ name: host.name, tags: { owner: host.owner ?? "nobody", wave: host.wave } });
    return host.targets.length > 0 ? image.copyTo(...host.targets) : image;
  },
  policy: {
    waves: ["pilot", "2"],
    canaries: 1,
    failureLimit: 0.1,
    hostsPerSite: 3,
    bandwidth: { "shanghai-1": 25_000_000, "hangzhou-2": 12_500_000 },
    blackouts: [
      { days: ["mon", "tue", "wed", "thu", "fri"], from: "08:00", to: "20:00", timeZone: "Asia/Shanghai" },
    ],
  },
});
