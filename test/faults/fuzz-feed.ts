/** The feed's entrance under the fuzz: handshakes and frames, sound and spoiled, on raw sockets. */
import type { Dice } from './dice.ts';
import type { HttpInput } from './fuzz-requests.ts';
import { spoiledBytes, spoiledJson } from './fuzz-text.ts';

const TEXT = 1;
const CLOSE = 8;
const HANDSHAKE = [
  'GET /v1/feed HTTP/1.1',
  'Host: 127.0.0.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
];
const SPOILED_HEADERS: readonly string[] = [
  'Sec-WebSocket-Key: short',
  'Sec-WebSocket-Version: 99',
  'Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99',
  'Sec-WebSocket-Protocol: ,,',
  'Origin: https://evil.example',
  'Upgrade: h2c',
];

/** A connection of the feed, from the handshake to the end, in one piece. */
export function feedInput(dice: Dice): HttpInput {
  const key = randomKey(dice);
  const lines = [...HANDSHAKE, `Sec-WebSocket-Key: ${key}`];
  if (dice.percent(10)) lines.push(dice.of(SPOILED_HEADERS));
  const handshake = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
  const frames = Array.from({ length: 1 + dice.below(4) }, () => frameOf(dice));
  const bytes = Buffer.concat([handshake, ...frames, encodeFrame(CLOSE, Buffer.alloc(0))]);
  return { bytes, answers: 'until-closed', isHead: false };
}

function randomKey(dice: Dice): string {
  return dice.bytes(16).toString('base64');
}

function messageOf(dice: Dice): object {
  return {
    type: 'subscribe',
    ...(dice.percent(50) ? { from: dice.below(100) } : {}),
    ...(dice.percent(30) ? { kinds: ['deposited', 'traded'] } : {}),
    ...(dice.percent(30) ? { account: 'a1' } : {}),
    ...(dice.percent(30) ? { market: 'BTC' } : {}),
    ...(dice.percent(30) ? { totals: true } : {}),
  };
}

function frameOf(dice: Dice): Buffer {
  const message = messageOf(dice);
  const kind = dice.below(100);
  if (kind < 25) return encodeFrame(TEXT, Buffer.from(JSON.stringify(message)));
  if (kind < 60) return encodeFrame(TEXT, spoiledJson(message, dice));
  if (kind < 70) return encodeFrame(dice.below(16), dice.bytes(dice.below(200)));
  if (kind < 72) return encodeFrame(TEXT, Buffer.alloc(70_000, 0x20));
  if (kind < 80) return Buffer.concat([Buffer.from([0x81, 0xff]), dice.bytes(20)]);
  if (kind < 90) return spoiledBytes(encodeFrame(TEXT, Buffer.from(JSON.stringify(message))), dice);
  return dice.bytes(1 + dice.below(60));
}

/** A whole masked frame, as a client sends it. */
function encodeFrame(opcode: number, payload: Buffer): Buffer {
  const mask = Buffer.from([1, 2, 3, 4]);
  const masked = Buffer.from(payload.map((byte, k) => byte ^ ((k % 4) + 1)));
  return Buffer.concat([headerOf(opcode, payload.length), mask, masked]);
}

function headerOf(opcode: number, length: number): Buffer {
  if (length < 126) return Buffer.from([0x80 | opcode, 0x80 | length]);
  const header = Buffer.alloc(length < 65_536 ? 4 : 10);
  header[0] = 0x80 | opcode;
  if (length < 65_536) {
    header[1] = 0xfe;
    header.writeUInt16BE(length, 2);
  } else {
    header[1] = 0xff;
    header.writeBigUInt64BE(BigInt(length), 2);
  }
  return header;
}
