import { Migration } from "sampan";

// Put the region and id of your own instance in its place: a rehearsal makes an empty one of this name.
export default Migration.from("ecs://cn-hangzhou/i-rehearsal")
  .assess()
  .snapshot({ stop: true })
  .createImage({ name: "moved-to-another-region" })
  .copyTo("cn-shanghai")
  .launch({ region: "cn-shanghai", test: true })
  .verify();
