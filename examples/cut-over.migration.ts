// Moves a server with minutes of downtime: all of its disk days before, what changed since at the end. Two commands, see below.
//
// Days before, while services run:
//
//   sampan run cut-over.migration.ts --through upload
//
// Then stop the services on the server, and:
//
//   sampan run cut-over.migration.ts --refresh
//
// which reads the disk again, sends only the parts that changed, and imports the image. `partBytes` is how finely changes are told
// apart: any change in a part sends all of it.
import { Migration } from "sampan";

export default Migration.from("ssh://root@web-01")
  .assess()
  .prepare()
  .capture({ consistency: "snapshot" })
  .toVhd()
  .upload("cut-over-servers", { createBucket: true, partBytes: 2 * 1024 * 1024 })
  .import({ name: "web-01", createRole: true });
