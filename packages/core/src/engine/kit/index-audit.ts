/**
 * Audits the index of certificates from outside: its lists, its chains, and whether whoever the
 * sweep would report is hot.
 */
import { isCold } from '../breach-index.ts';
import type { BreachIndex } from '../breach-index.ts';
import { sweep } from '../sweep.ts';
import { DUST, type Engine } from '../state.ts';

const LINKS = 4;

/** One sentence for each thing that is wrong with an engine's index. */
export function indexFaults(engine: Engine): string[] {
  const { index } = engine;
  if (index === null) return [];
  return [...listFaults(index), ...chainFaults(engine, index), ...missed(engine, index)];
}

function listFaults({ hot }: BreachIndex): string[] {
  const faults: string[] = [];
  const seen = new Set<number>();
  for (let place = 0; place < hot.count; place += 1) {
    const row = hot.rows[place] ?? 0;
    if (seen.has(row)) faults.push(`account row ${row} is hot twice`);
    seen.add(row);
    if (hot.places[row] !== place) faults.push(`account row ${row} is not where its place says`);
  }
  hot.places.forEach((place, row) => {
    if (place >= 0 && !seen.has(row)) faults.push(`account row ${row} has a place and is not hot`);
  });
  return faults;
}

/** Chains hold together, their keys belong to who they say, and no cold one has been passed. */
function chainFaults(engine: Engine, index: BreachIndex): string[] {
  const faults: string[] = [];
  index.ladders.heads.forEach((first, head) => {
    let before = -1;
    for (let key = first; key >= 0; key = linkOf(index, key, 0)) {
      faults.push(...keyFaults(engine, index, key, { before, head }));
      before = key;
    }
  });
  return faults;
}

function linkOf({ ladders }: BreachIndex, key: number, which: number): number {
  return ladders.links[LINKS * key + which] ?? -1;
}

function keyFaults(
  engine: Engine,
  index: BreachIndex,
  key: number,
  where: { readonly before: number; readonly head: number },
): string[] {
  const { positions } = engine;
  const { size, width } = index.ladders;
  const account = positions.account[key >> 1] ?? 0;
  const market = Math.floor(where.head / size / 2);
  const here = Math.floor((index.marks[market] ?? 0) / (width[market] ?? 1));
  const bucket = where.head % size;
  const isFloor = Math.floor(where.head / size) % 2 === 0;
  const isPassed = isFloor ? bucket > here : bucket <= here;
  const faults: [boolean, string][] = [
    [linkOf(index, key, 1) !== where.before, `key ${key} has lost the one before it`],
    [linkOf(index, key, 2) !== where.head, `key ${key} is not at its head`],
    [linkOf(index, key, 3) !== account, `key ${key} names another account`],
    [positions.market[key >> 1] !== market, `key ${key} is on another market's ladder`],
    [isPassed && isCold(index, account), `a bound of cold account row ${account} is passed`],
  ];
  return faults.filter(([isWrong]) => isWrong).map(([, text]) => text);
}

function missed(engine: Engine, index: BreachIndex): string[] {
  const due = new Set<number>();
  sweep(engine, due);
  return [...due]
    .filter((row) => row > DUST && isCold(index, row))
    .map((row) => `the index misses account row ${row}`);
}

/** A range of marks, ticks: from the first on, and below the second. */
export type Room = readonly [from: number, below: number];

/** By market, the marks at which an account stays cold; Infinity where no bound is above. */
export function roomOfAccount(engine: Engine, account: number): Map<number, Room> {
  const rooms = new Map<number, Room>();
  const { index, positions } = engine;
  if (index === null) return rooms;
  const { links, size, width } = index.ladders;
  for (let row = 0; row < positions.count; row += 1) {
    if (positions.account[row] !== account || positions.lots[row] === 0) continue;
    const market = positions.market[row] ?? 0;
    const span = width[market] ?? 1;
    const floor = links[LINKS * 2 * row + 2] ?? -1;
    const ceiling = links[LINKS * (2 * row + 1) + 2] ?? -1;
    rooms.set(market, [
      floor < 0 ? 1 : Math.max(1, (floor % size) * span),
      ceiling < 0 ? Infinity : (ceiling % size) * span,
    ]);
  }
  return rooms;
}
