/**
 * What is watched: the Grafana dashboard and the guide name metrics that a real server exposes, and
 * the dashboard has what Grafana needs to load it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { ask, openVenue, startServer, TRADE } from '../../../../test/http-scene.ts';

const DOCS = join(import.meta.dirname, '../../../../docs');
const dashboard = JSON.parse(readFileSync(join(DOCS, 'grafana/plimsoll.json'), 'utf8'));
const guide = readFileSync(join(DOCS, 'guides/operating.md'), 'utf8');

/** Grafana's dashboard schema as far as loading and drawing depends on it. */
const Source = Type.Object({ type: Type.Literal('prometheus'), uid: Type.String() });
const Cells = (minimum: number): ReturnType<typeof Type.Integer> =>
  Type.Integer({ minimum, maximum: 24 });
const Panel = Type.Object({
  id: Type.Integer({ minimum: 1 }),
  title: Type.String({ minLength: 1 }),
  type: Type.Union([Type.Literal('timeseries'), Type.Literal('stat')]),
  datasource: Source,
  gridPos: Type.Object({
    x: Cells(0),
    y: Type.Integer({ minimum: 0 }),
    w: Cells(1),
    h: Type.Integer({ minimum: 1 }),
  }),
  fieldConfig: Type.Object({ defaults: Type.Object({}), overrides: Type.Array(Type.Any()) }),
  options: Type.Object({}),
  targets: Type.Array(
    Type.Object({
      refId: Type.String({ pattern: '^[A-Z]$' }),
      datasource: Source,
      expr: Type.String({ minLength: 1 }),
      legendFormat: Type.String(),
    }),
    { minItems: 1 },
  ),
});
const Dashboard = Type.Object({
  id: Type.Null(),
  uid: Type.String({ pattern: '^[a-zA-Z0-9_-]{1,40}$' }),
  title: Type.String({ minLength: 1 }),
  schemaVersion: Type.Integer({ minimum: 36 }),
  version: Type.Integer(),
  tags: Type.Array(Type.String()),
  time: Type.Object({ from: Type.String(), to: Type.String() }),
  refresh: Type.String(),
  timezone: Type.String(),
  templating: Type.Object({
    list: Type.Array(Type.Object({ name: Type.String(), type: Type.String() })),
  }),
  annotations: Type.Object({ list: Type.Array(Type.Any()) }),
  panels: Type.Array(Panel, { minItems: 1 }),
});

interface Drawn {
  readonly id: number;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; h: number };
  readonly targets: readonly { readonly expr: string; readonly refId: string }[];
}
const panels: readonly Drawn[] = dashboard.panels;
const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

/** The series that a server exposes, with the labels of each. */
async function scrape(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const server = await startServer();
  await openVenue(server);
  await ask(server, 'POST /v1/trades', TRADE);
  await ask(server, 'POST /v1/trades', { ...TRADE, size: '100' });
  const { text } = await ask(server, 'GET /metrics');
  const series = new Map<string, Set<string>>();
  for (const [, name = '', labels = ''] of text.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const known = series.get(name) ?? new Set<string>();
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label);
    series.set(name, known);
  }
  return series;
}

const namesIn = (text: string): readonly string[] =>
  text.match(/\b(?:plimsoll|process|nodejs)_\w+/g) ?? [];

/** Labels that a query asks for; `job` and `instance` are given by whoever scrapes. */
function labelsIn(expr: string): readonly string[] {
  const matched = [...expr.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)].map(([, label = '']) => label);
  const grouped = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, by = '']) => by.split(/,\s*/));
  return [...matched, ...grouped].filter((label) => label !== 'job' && label !== 'instance');
}

describe('the dashboard', () => {
  it('has what Grafana needs to load it', () => {
    expect(Compile(Dashboard).Errors(dashboard)).toEqual([]);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { targets } of panels)
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
    const variables = dashboard.templating.list.map(({ name }: { name: string }) => name);
    const used = JSON.stringify(panels).match(/\$\{?(?!__)\w+/g) ?? [];
    for (const name of used) expect(variables).toContain(name.replace(/^\$\{?/, ''));
  });

  it('lays its panels out within 24 columns and over no other', () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, k) => `${x + (k % w)},${y + Math.floor(k / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
  });

  it('asks for series and labels that there are', async () => {
    const series = await scrape();
    expect(queries.filter((expr) => namesIn(expr).length === 0)).toEqual([]);
    for (const expr of queries) {
      for (const name of namesIn(expr)) {
        const labels = [...(series.get(name) ?? [])];
        expect([...series.keys()], expr).toContain(name);
        for (const label of labelsIn(expr)) expect(labels, expr).toContain(label);
      }
    }
  });
});

/** The metric that a series is a part of. */
const base = (name: string): string => name.replace(/_(bucket|sum|count)$/, '');

describe('the guide', () => {
  it('names metrics that there are, and every one of ours', async () => {
    const series = await scrape();
    const bases = new Set([...series.keys()].map(base));
    const named = new Set(namesIn(guide).map(base));
    expect([...named].filter((name) => !bases.has(name))).toEqual([]);
    expect([...bases].filter((name) => name.startsWith('plimsoll_') && !named.has(name))).toEqual(
      [],
    );
  });
});
