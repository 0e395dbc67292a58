/** A row of a table as it can be read without the rest of it: `name: value` pairs. */
export function rowText(head: readonly string[], row: readonly string[], between = '; '): string {
  return row
    .map((cell, index) => ({ name: head[index]?.trim() ?? '', cell: cell.trim() }))
    .filter(({ cell }) => cell !== '')
    .map(({ name, cell }) => (name === '' ? cell : `${name}: ${cell}`))
    .join(between);
}
