/**
 * A simulated venue, clearly labelled as such: markets, accounts and bots made from a seed; and
 * what moves a scene, simulated or replayed, through its time.
 */
export { startDemo, type DemoDesk, type DemoOptions, type SceneClock } from './demo.ts';
export {
  SPEED_MAX,
  Transport,
  type Crash,
  type Play,
  type Timeline,
  type TransportOptions,
  type TransportState,
} from './transport.ts';
