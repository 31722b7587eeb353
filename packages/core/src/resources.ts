import type { Resource, RunEvent } from "./events.ts";

/**
 * What a run has made that is still there, after one more event. Pure.
 *
 * An upload is gone once its object is there: completing it is what makes the object.
 */
export function foldResources(resources: readonly Resource[], event: RunEvent): readonly Resource[] {
  if (event.type === "resource.removed") return resources.filter(({ id }) => id !== event.id);
  if (event.type !== "resource.created") return resources;
  const made = event.resource;
  const isReplaced = ({ kind, id, name }: Resource): boolean =>
    id === made.id || (made.kind === "object" && kind === "upload" && name === made.id);
  return [...resources.filter((one) => !isReplaced(one)), made];
}
