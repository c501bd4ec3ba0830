/** The same questions for a shell: the document on standard input, the answer in full digits. */
import type { Wishes } from './sheet.ts';
import { shareOf } from './sheet-document.ts';

/** Commands that print what the page shows, ready to be pasted. */
export function commandLine(document: string, { chosen, keep, room, slippage }: Wishes): string {
  const about = `--position ${chosen}`;
  return [
    "cat > account.json <<'JSON'",
    document,
    'JSON',
    'npx plimsoll check account.json',
    `npx plimsoll explain account.json ${about}`,
    `npx plimsoll size account.json --distance ${quoted(shareOf(keep))} ${about}`,
    `npx plimsoll stop account.json --distance ${quoted(shareOf(room))} ` +
      `--slippage ${quoted(shareOf(slippage))} ${about}`,
    `npx plimsoll funding-drag account.json ${about}`,
  ].join('\n');
}

/** What was typed is somebody's text: a shell must not read it. */
function quoted(text: string): string {
  return /^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
