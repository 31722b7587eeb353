export { faultOfEvent } from "./fault-of-event.ts";
