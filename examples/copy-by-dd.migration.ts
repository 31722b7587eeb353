// Moves a Linux server by dd into an NFS share, as the whitepaper does (§4.3, §5.2). Run: sampan run copy-by-dd.migration.ts
//
// For disks that may not travel over SSH. Make the share first: `sampan share setup` and `sampan share mount`. Stop what writes. A disk
// copied so cannot be mended on the copy, so the server itself is, after a question; `sampan prepare ssh://root@web-01 --undo` takes it back.
import { Migration } from "sampan";

export default Migration.from("ssh://root@web-01")
  .assess()
  .prepare({ on: "host", confirm: true })
  .capture({ tool: "dd", share: { onHost: "/mnt/store", here: "/srv/images" } })
  .toVhd()
  .upload("copied-by-dd", { createBucket: true })
  .import({ name: "web-01", createRole: true });
