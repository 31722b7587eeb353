/**
 * Cuts a stream of text into values, one JSON value a line. Give it pieces as they come; it keeps an unfinished line until the rest
 * is there. Lines that are no JSON are handed to `foreign`.
 */
export function createJsonLines(
  value: (value: unknown) => void,
  foreign: (line: string) => void = () => {},
): { push(piece: string): void; end(): void } {
  let rest = "";
  const take = (line: string): void => {
    if (line.trim() === "") return;
    let parsed: unknown;
    try {
      parsed = JSON.parse(line);
    } catch {
      foreign(line);
      return;
    }
    value(parsed);
  };
  return {
    push(piece) {
      const lines = (rest + piece).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) take(line);
    },
    end() {
      take(rest);
      rest = "";
    },
  };
}
