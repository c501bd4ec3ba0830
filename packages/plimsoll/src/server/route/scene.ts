/** The scene: what this server shows, and, where a program plays it, how it is moved. */
import type { FastifyInstance } from 'fastify';
import { configView } from '@plimsoll/core/engine';
import { timeText, type Plain, type PlainObject } from '../present.ts';
import type { SceneControl, SceneWish } from '../scene-control.ts';
import { Control, Scene, Wish } from '../schema/scene.ts';
import { described, type Surroundings } from './route.ts';

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
}
