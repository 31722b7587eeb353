// Moves an ECS instance to another account. Run: sampan run move-to-another-account.migration.ts
//
// Put the region and id of your own instance in its place: a rehearsal makes an empty one of this name. The account is the one
// that receives the image, and the profile one of its users; in a rehearsal both are the simulator's second account.
import { Migration } from "sampan";

export default Migration.from("ecs://cn-hangzhou/i-rehearsal")
  .assess()
  .snapshot({ stop: true })
  .createImage({ name: "moved-to-another-account" })
  .shareWith("1000000000000002")
  .launch({ profile: "receiver", test: true })
  .verify();
