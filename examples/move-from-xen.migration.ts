// Moves a machine of XenServer or XCP-ng by an exported VHD. Run: sampan run move-from-xen.migration.ts
//
// `xe vdi-export uuid=VDI-UUID format=vhd filename=web-01.vhd` makes it, of a machine that is shut down or of a snapshot.
import { Migration } from "sampan";

export default Migration.from("./exports/web-01.vhd")
  .assess()
  .prepare()
  .capture()
  .toVhd()
  .upload("moved-from-xen", { createBucket: true })
  .import({ name: "from-xen", createRole: true });
