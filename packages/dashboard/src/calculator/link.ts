/**
 * The calculator's state as one short text for the address, with a version in front:
 * `1;venue,…;p,market,…;o,market,…` for a sheet, `1d;…;` and a deflated document for a pasted one.
 * A link of another version, or one that was cut, is refused in words.
 */
import {
  FIRST_CALCULATION,
  FIRST_LINE,
  type Calculation,
  type OrderLine,
  type PositionLine,
  type Sheet,
  type SizeUnit,
  type Wishes,
} from './sheet.ts';

/** Characters of an address that every browser, mail and chat takes. */
export const LINK_MAX = 8_000;
/** A link is somebody else's text: what it unfolds to has a limit. */
const TEXT_MAX = 1 << 20;
const LINES_MAX = 50;

export type Unlinked = { readonly calculation: Calculation } | { readonly problem: string };

export async function linkOf(calculation: Calculation): Promise<string> {
  const { form, sheet, text, wishes } = calculation;
  if (form === 'document') return ['1d', wishesText(wishes), await deflated(text)].join(';');
  const { venue, asOf, rate, collateral, positions, orders } = sheet;
  return [
    '1',
    wishesText(wishes),
    joined([venue, asOf, rate, collateral]),
    ...positions.map((line) => joined(['p', ...Object.values(ordered(line))])),
    ...orders.map(({ market, side, size, price, reduceOnly }) =>
      joined(['o', market, side, size, price, reduceOnly ? 'r' : '']),
    ),
  ].join(';');
}

/** Any text: what is wrong with it is said, and nothing of it is used. */
export async function calculationOf(link: string): Promise<Unlinked> {
  const [version = '', wishes = '', ...parts] = link.split(';');
  if (version !== '1' && version !== '1d')
    return {
      problem: `This link is of version ${version.slice(0, 8)}; this page reads version 1.`,
    };
  try {
    const base = { ...FIRST_CALCULATION, wishes: wishesOf(wishes) };
    if (version === '1d')
      return { calculation: { ...base, form: 'document', text: await inflated(parts[0] ?? '') } };
    return { calculation: { ...base, sheet: sheetOf(parts) } };
  } catch {
    return { problem: 'This link is cut or damaged; the calculator starts with its example.' };
  }
}

/** In the order of the link, whatever the order of the keys. */
function ordered(line: PositionLine): Readonly<Record<string, string>> {
  const { market, side, size, unit, entry, mark, leverage, mode, margin, funding, hours } = line;
  return { market, side, size, unit, entry, mark, leverage, mode, margin, funding, hours };
}

function joined(fields: readonly string[]): string {
  return fields.map(encodeURIComponent).join(',');
}

function fieldsOf(text: string): readonly string[] {
  return text.split(',').map(decodeURIComponent);
}

function wishesText({ chosen, keep, room, slippage, beside }: Wishes): string {
  return joined([String(chosen), keep, room, slippage, ...beside]);
}

function wishesOf(text: string): Wishes {
  const [chosen = '', keep = '', room = '', slippage = '', ...beside] = fieldsOf(text);
  const index = Number(chosen);
  const isIndex = Number.isInteger(index) && index >= 0;
  return { chosen: isIndex ? index : 0, keep, room, slippage, beside: beside.slice(0, 2) };
}

function sheetOf([head = '', ...lines]: readonly string[]): Sheet {
  const [venue = '', asOf = '', rate = '', collateral = ''] = fieldsOf(head);
  if (venue === '' || lines.length > LINES_MAX) throw new RangeError('no sheet');
  const rows = lines.map(fieldsOf);
  const positions = rows.flatMap(([kind, ...rest]) => (kind === 'p' ? [lineOf(rest)] : []));
  if (positions.length === 0) throw new RangeError('no position');
  return {
    ...FIRST_CALCULATION.sheet,
    venue,
    asOf,
    rate,
    collateral,
    positions,
    orders: rows.flatMap(([kind, ...rest]) => (kind === 'o' ? [orderOf(rest)] : [])),
  };
}

function lineOf(fields: readonly string[]): PositionLine {
  const [market = '', side, size = '', unit, entry = '', mark = '', ...rest] = fields;
  const [leverage = '', mode, margin = '', funding = '', hours = FIRST_LINE.hours] = rest;
  return {
    market,
    side: side === 'short' ? 'short' : 'long',
    size,
    unit: unitOf(unit),
    entry,
    mark,
    leverage,
    mode: mode === 'isolated' ? 'isolated' : 'cross',
    margin,
    funding,
    hours,
  };
}

function unitOf(text: string | undefined): SizeUnit {
  return text === 'coin' || text === 'value' ? text : 'contracts';
}

function orderOf(fields: readonly string[]): OrderLine {
  const [market = '', side, size = '', price = '', reduce] = fields;
  return {
    market,
    side: side === 'sell' ? 'sell' : 'buy',
    size,
    price,
    reduceOnly: reduce === 'r',
  };
}

async function deflated(text: string): Promise<string> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(letters).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

async function inflated(text: string): Promise<string> {
  const letters = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return readUpTo(stream.getReader(), TEXT_MAX);
}

async function readUpTo(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  most: number,
): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
    if (text.length > most) throw new RangeError('too long');
  }
}
