/**
 * The server of the fuzz, in a process of its own so that its memory can be weighed: says where it
 * is, and when asked over the channel to its parent how large it and what state it is in.
 */
import { serve } from '../../packages/plimsoll/src/server/index.ts';

/** What the server says of itself. */
export interface Look {
  readonly sequence: number;
  /** Of accounts, positions, markets, orders and fund. */
  readonly bookHash: string;
  readonly rssBytes: number;
}

const [data = ''] = process.argv.slice(2);
const server = await serve({ data, port: 0, ratePerSecond: 1e9 });
process.send?.({ address: server.address });
process.on('message', () => {
  const look: Look = {
    sequence: server.desk.engine.sequence,
    bookHash: server.desk.bookHash(),
    rssBytes: process.memoryUsage.rss(),
  };
  process.send?.(look);
});
process.once('disconnect', () => void server.close().then(() => process.exit(0)));
