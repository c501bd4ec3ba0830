/** A shadow from the command line, and the command of its guide. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runProgram } from './program.ts';

const STREAM = 'examples/shadow-venue.jsonl';
const LINES = readFileSync(STREAM, 'utf8');

describe('plimsoll shadow', () => {
  test('prints what its guide says', async () => {
    const { out, code } = await runProgram(['shadow', STREAM, '--tolerance-ms', '1000']);
    expect(code).toBe(1);
    expect(readFileSync('docs/guides/shadow.md', 'utf8')).toContain(out.trimEnd());
  });

  test('gives both decisions and the derivation as JSON', async () => {
    const { out } = await runProgram(['shadow', '-', '--json'], LINES);
    const { differences, summary } = JSON.parse(out) as Record<string, unknown>;
    expect(differences).toMatchObject([
      { difference: 'later', decision: 'called', account: 'bob', lagMs: 60_000 },
      { difference: 'earlier', decision: 'liquidated', account: 'bob', lagMs: -400 },
    ]);
    expect(differences).toHaveProperty('[0].explanations[0].liquidationPrice', '48111.1111111');
    expect(summary).toMatchObject({ matched: 2, earlier: 1, later: 1, worstLagMs: 60_000 });
  });

  test('ends with 0 where nobody differs', async () => {
    const agreed = LINES.split('\n').filter((line) => !line.includes('"bob"'));
    const { code, err } = await runProgram(['shadow', '-'], agreed.join('\n'));
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  test('names a bad line, goes on, and ends with 1', async () => {
    const broken = LINES.replace('"amount":"1000"', '"amount":"1e-9"').replace(/^/, '{"timeMs":\n');
    const { code, err, out } = await runProgram(['shadow', '-'], broken);
    expect(code).toBe(1);
    expect(err).toContain('standard input, line 1: ');
    expect(err).toContain('line 19: amount: is no whole number of atoms');
    expect(out).toMatch(/lines passed over +2/);
  });

  test.each([
    [['--tolerance-ms', '-1'], 2, 'whole number'],
    [['--frequency', '1'], 2, 'unknown option'],
  ])('refuses %s', async (args, code, message) => {
    const ran = await runProgram(['shadow', STREAM, ...args]);
    expect(ran.code).toBe(code);
    expect(ran.err).toContain(message);
  });
});
