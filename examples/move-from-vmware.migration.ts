// Moves a machine of VMware by its VMDK, split ones and snapshots too. Run: sampan run move-from-vmware.migration.ts
//
// Copy the machine's folder, or export it as OVA, while it is switched off. Give the descriptor (`web-01.vmdk`), not `web-01-flat.vmdk`;
// of a machine with snapshots the latest link (`web-01-000002.vmdk`).
import { Migration } from "sampan";

export default Migration.from("./exports/web-01.vmdk")
  .assess()
  .prepare()
  .capture()
  .toVhd()
  .upload("moved-from-vmware", { createBucket: true })
  .import({ name: "from-vmware", createRole: true });
