/** Which cloud a run talks to: the built-in simulator, one that is already listening, or Alibaba Cloud. */
export type CloudChoice =
  | { readonly kind: "simulator"; readonly endpoint?: string }
  | { readonly kind: "alibaba" };
