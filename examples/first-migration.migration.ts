// The first migration: a small Debian, which Sampan unpacks, to three regions. Run: sampan run first-migration.migration.ts
//
// The disk of `npm run demo`, a small Debian guest, unpacked here when it is not there yet. Put the path of your own
// VMDK, QCOW2, VHD or raw image in its place.
import { Migration } from "sampan";

export default Migration.from("./.sampan/demo/first-guest.qcow2")
  .assess()
  .prepare()
  .capture()
  .toVhd()
  .upload("first-migration", { createBucket: true })
  .import({ name: "first-guest", createRole: true })
  .copyTo("cn-shanghai", "ap-southeast-1");
