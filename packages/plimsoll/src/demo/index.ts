/** A simulated venue, clearly labelled as such: markets, accounts and bots made from a seed. */
export { startDemo, type Demo, type DemoDesk, type DemoOptions } from './demo.ts';
