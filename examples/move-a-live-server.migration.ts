// Moves a Linux server that runs, a physical one or any other, over SSH. Run: sampan run move-a-live-server.migration.ts
//
// Put the address of your own server in its place: what works as `ssh root@web-01 true` works here. A user that is not root takes sudo.
// Its disk is read as it is at one moment, held by a snapshot of its logical volumes. Where there are none, choose
// `consistency: "freeze"`, which stops all writing on the server until everything was read and sent, or `"none"`, after stopping what
// writes. Nothing is changed on the server itself.
import { Migration } from "sampan";

export default Migration.from("ssh://root@web-01")
  .assess()
  .prepare()
  .capture({ consistency: "snapshot" })
  .toVhd()
  .upload("live-servers", { createBucket: true })
  .import({ name: "web-01", createRole: true });
