/**
 * The first name that one object of a JSON text has twice, which `JSON.parse` lets pass; the text must be sound JSON.
 */
export function repeatedKey(json: string): string | undefined {
  const open: Set<string>[] = []; // the names seen in each object or array around the current place
  const tokens = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g;
  for (let found = tokens.exec(json); found !== null; found = tokens.exec(json)) {
    const [text, colon] = found;
    if (text === '{' || text === '[') open.push(new Set());
    else if (text === '}' || text === ']') open.pop();
    else if (colon !== undefined) {
      const name = JSON.parse(text.slice(0, -colon.length)) as string;
      const seen = open.at(-1)!;
      if (seen.has(name)) return name;
      seen.add(name);
    }
  }
  return undefined;
}
