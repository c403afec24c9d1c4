// What a text area with a phrasing a line holds.
export interface Lines {
  n: number; // lines that say something
  twice: number[][]; // numbers of lines, from 1, that say the same, in any spelling
}

// lines counts as the server does: blank lines are none.
export function lines(text: string): Lines {
  const at = new Map<string, number[]>();
  let n = 0;
  text.split("\n").forEach((line, i) => {
    if (!line.trim()) return;
    n++;
    const key = keyOf(line);
    const same = at.get(key);
    if (same) same.push(i + 1);
    else if (key) at.set(key, [i + 1]);
  });
  return { n, twice: Array.from(at.values()).filter((same) => same.length > 1) };
}

// keyOf leaves out what does not matter: case, width, blanks and signs.
function keyOf(line: string): string {
  return line.normalize("NFKC").toLowerCase().replace(/[\s!-/:-@[-`{-~\u3000-\u303f\uff00-\uffef\u2010-\u2027]/g, "");
}

// said writes the numbers of lines that are there twice: 2 = 5, 3 = 7 = 9.
export function said(twice: number[][]): string { return twice.map((same) => same.join(" = ")).join(", "); }
