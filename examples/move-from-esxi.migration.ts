// Moves a machine straight from the datastore of its ESXi, over SSH. Run: sampan run move-from-esxi.migration.ts
//
// A machine that runs gets a snapshot meanwhile, which is removed when all is read. SSH must be switched on at the ESXi.
import { Migration } from "sampan";

export default Migration.from("esxi://root@esxi-01/web-01")
  .assess()
  .prepare()
  .capture()
  .toVhd()
  .upload("moved-from-esxi", { createBucket: true })
  .import({ name: "from-esxi", createRole: true });
