// Moves a machine of KVM by its QCOW2, and proves that the image boots. Run: sampan run move-from-kvm.migration.ts
//
// Shut the machine down first (`virsh shutdown`); `virsh domblklist` names its file. `launch({ test: true })` starts an instance of the image, which is
// deleted after `verify`. In a rehearsal no machine runs unless the simulator finds QEMU, and `verify` says so.
import { Migration } from "sampan";

export default Migration.from("./exports/web-01.qcow2")
  .assess()
  .prepare()
  .capture()
  .toVhd()
  .upload("moved-from-kvm", { createBucket: true })
  .import({ name: "from-kvm", createRole: true })
  .launch({ test: true })
  .verify();
