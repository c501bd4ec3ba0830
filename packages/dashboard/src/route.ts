/**
 * Where the reader is, in the address after `#`: a view, the thing it shows and its settings
 * (`#/account/a001?market=BTC-PERP`), so that a view can be linked, kept and left with the
 * browser's back button.
 */
export interface Route {
  /** The first part of the path; empty on the front page. */
  readonly view: string;
  /** What the view shows: the rest of the path, such as an account; null without one. */
  readonly item: string | null;
  readonly settings: Readonly<Record<string, string>>;
}

/** The address of another place; what is not named stays as it is. */
export interface Move {
  readonly view?: string;
  readonly item?: string | null;
  /** A setting of null is dropped. */
  readonly settings?: Readonly<Record<string, string | null>>;
}

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = split(hash.replace(/^#\/?/, ''), '?');
  const [view = '', item] = split(path, '/');
  return {
    view: decode(view),
    item: item === undefined || item === '' ? null : decode(item),
    settings: Object.fromEntries(new URLSearchParams(query)),
  };
}

export function writeRoute({ view, item, settings }: Route): string {
  const query = new URLSearchParams(settings).toString();
  const rest = item === null ? '' : `/${encodeURIComponent(item)}`;
  return `#/${encodeURIComponent(view)}${rest}${query === '' ? '' : `?${query}`}`;
}

/** Where a move leads from here. Another view starts without an item. */
export function moved(from: Route, { view = from.view, item, settings = {} }: Move): Route {
  const kept = view === from.view ? from.item : null;
  const all = Object.entries({ ...from.settings, ...settings });
  return {
    view,
    item: item === undefined ? kept : item,
    settings: Object.fromEntries(
      all.filter((entry): entry is [string, string] => entry[1] !== null),
    ),
  };
}

function split(text: string, mark: string): readonly string[] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** What somebody typed need not be well encoded. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
