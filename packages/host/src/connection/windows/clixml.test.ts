import { processorMs } from "@sampan/core/testing";
import { describe, expect, it } from "vitest";
import { clixmlText } from "./clixml.ts";

describe("what PowerShell writes to its error stream", () => {
  it("is read as text: errors and warnings, without progress", () => {
    const written =
      '#< CLIXML\r\n<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><Obj S="progress" RefId="0"><MS><I64 N="SourceId">1</I64></MS></Obj><S S="Error">Fehler: &lt;x&gt; &amp; &#39;y&#39;_x000D__x000A_</S><S S="verbose">no</S><S S="Warning">gr_x00F6_&#xDF;er</S></Objs>';
    expect(clixmlText(written)).toBe("Fehler: <x> & 'y'\r\ngrößer");
  });

  it("stays as it is when it is text already", () => {
    expect(clixmlText('plain <S S="Error">x</S>')).toBe('plain <S S="Error">x</S>');
  });

  it("is read in time in proportion to its length", () => {
    const began = processorMs();
    clixmlText(`#< CLIXML${'<S S="Error">'.repeat(100_000)}`);
    expect(processorMs() - began).toBeLessThan(2000);
  });
});
