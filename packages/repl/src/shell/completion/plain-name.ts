// No control characters, no marks that turn text round, no quotes, nothing a template would fill in.
const plain = /^[^\p{C}\u2028\u2029"'`\\$]+$/u;

// What most names are, told much faster.
const simple = /^[\w.:/-]+$/;

/** Whether a foreign name can be put between quotes as it is: nothing in it ends the string or acts on a terminal. */
export function isPlainName(name: string): boolean {
  return simple.test(name) || plain.test(name);
}
