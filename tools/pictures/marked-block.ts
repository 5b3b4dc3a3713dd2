/** Puts new content between the two marks of a block. */
export function replaceBlock(text: string, name: string, content: string): string {
  const begin = new RegExp(`<!-- ${name}:begin[^>]*-->`).exec(text);
  const end = text.indexOf(`<!-- ${name}:end -->`);
  if (begin === null || end < begin.index) throw new Error(`there is no block between ${name}:begin and ${name}:end`);
  return `${text.slice(0, begin.index + begin[0].length)}\n${content}\n${text.slice(end)}`;
}
