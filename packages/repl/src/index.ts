/**
 * Sampan moves servers to Alibaba Cloud ECS as images. This is the package people install: everything of the SDK, and the
 * `sampan` command.
 *
 * @packageDocumentation
 */
export * from "@sampan/sdk";
