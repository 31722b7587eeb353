// Takes a finding on, with a reason that the journal keeps. Run: sampan run accept-a-finding.migration.ts
//
// Only blockers have to be accepted; warnings stop nothing. What is left out of the mending stays as it is on the disk.
import { Migration } from "sampan";

export default Migration.from("./.sampan/demo/first-guest.qcow2")
  .assess({
    accept: { "GUESTOS.Virtio": "our own kernel has the drivers built in, tried on a test instance" },
  })
  .prepare({ skip: ["firewall"], selinux: "permissive" })
  .capture()
  .toVhd()
  .upload("accepted-findings", { createBucket: true })
  .import({ name: "accepted", createRole: true });
