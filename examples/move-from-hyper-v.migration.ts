// Moves a machine of Hyper-V by its VHDX, checkpoints too. Run: sampan run move-from-hyper-v.migration.ts
//
// `Export-VM web-01 -Path D:\exports` makes a copy of a machine that runs. Of one with checkpoints give the latest AVHDX.
import { Migration } from "sampan";

export default Migration.from("./exports/web-01.vhdx")
  .assess()
  .prepare()
  .capture()
  .toVhd()
  .upload("moved-from-hyper-v", { createBucket: true })
  .import({ name: "from-hyper-v", createRole: true });
