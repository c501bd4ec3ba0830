/** The scene: what this server shows, and, where a program plays it, how it is moved. */
import type { FastifyInstance } from 'fastify';
import { configView } from '@plimsoll/core/engine';
import { timeText, type Plain, type PlainObject } from '../present.ts';
import { malformed } from '../problem.ts';
import type { SceneControl, SceneWish } from '../scene-control.ts';
import { Added, Control, FileParams, Scene, Wish } from '../schema/scene.ts';
import { described, type Surroundings } from './route.ts';

/** A year of minutes has some 35 MB as text. */
const FILE_MAX = 64 << 20;

export function addSceneRoutes(app: FastifyInstance, surroundings: Surroundings): void {
  const { desk, control } = surroundings;
  const route = described({
    summary: 'What this server shows',
    tag: 'reading',
    deed: 'read',
    answer: Scene,
  });
  app.get('/v1/scene', route, () => desk.view(() => sceneOf(surroundings)));
  if (control !== null) addControl(app, control);
}

/** What `GET /v1/scene` says, and the first message of the feed. */
export function sceneOf({ desk, scene, control }: Surroundings): PlainObject {
  const config = configView(desk.engine);
  return {
    ...scene,
    asset: config?.asset ?? null,
    policy: (config?.policy ?? null) as unknown as Plain,
    liquidation: (config?.liquidation ?? null) as unknown as Plain,
    codeVersion: desk.codeVersion,
    sequence: desk.sequencer.durable,
    time: timeText(desk.engine.timeMs),
    control: control?.status() ?? null,
  };
}

function addControl(app: FastifyInstance, control: SceneControl): void {
  const route = described({
    summary: 'Play, pause or move a simulated or replayed scene, or begin it again',
    tag: 'operation',
    deed: 'operate',
    body: Wish,
    answer: Control,
  });
  app.post('/v1/scene', route, (request) => control.change(request.body as SceneWish));
  if (control.takesFiles) addFiles(app, control);
}

function addFiles(app: FastifyInstance, control: SceneControl): void {
  const { config, schema } = described({
    summary: 'Bring a candle file, gzipped or not, that can be played from then on',
    tag: 'operation',
    deed: 'operate',
    params: FileParams,
    answer: Added,
  });
  const route = { schema, config: { ...config, isFile: true }, bodyLimit: FILE_MAX };
  app.put('/v1/scene/files/:name', route, (request) => {
    const { name } = request.params as { name: string };
    if (!(request.body instanceof Uint8Array)) throw malformed('body', 'send the file as the body');
    return control.add(name, request.body);
  });
}
