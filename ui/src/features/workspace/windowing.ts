// Which rows of a long list are drawn. Pure.

/** Rows from `first` up to but not including `last`, and the room of those that are not drawn before them. */
export function windowOf(total: number, extent: number, scroll: number, room: number, spare = 6): { first: number; last: number; before: number } {
  const first = Math.max(0, Math.min(Math.floor(scroll / extent) - spare, total));
  const last = Math.min(total, Math.max(Math.ceil((scroll + room) / extent) + spare, first));
  return { first, last, before: first * extent };
}
