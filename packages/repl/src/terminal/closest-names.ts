export { closestNames } from "@sampan/core";
