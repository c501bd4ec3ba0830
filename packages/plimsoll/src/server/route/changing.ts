/** Changing: turns each row of `change.ts` into a route that executes its command. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { openLiquidations, type Answer, type Refusal } from '@plimsoll/core/engine';
import { requireAccount, type Caller } from '../access.ts';
import type { Desk } from '../desk.ts';
import { present, timeText } from '../present.ts';
import { malformed, ProblemError, problemOf, statusOf, type Figures } from '../problem.ts';
import { sendProblem } from '../problem-reply.ts';
import { Accepted } from '../schema/change.ts';
import type { Draft, Sender } from '../sequencer.ts';
import { changes, type Change, type FillPlace } from './change.ts';
import { callerOf, described, type Surroundings } from './route.ts';

export function addChangingRoutes(app: FastifyInstance, { desk }: Surroundings): void {
  for (const change of changes((place, sender) => marketOf(desk, place, sender))) {
    addChange(app, desk, change);
  }
}

/**
 * A fill that was answered before keeps the market of that time, so that asking again gets the same
 * answer: meanwhile the liquidation may have ended or gone on to another market. A fresh one that
 * names another market than the order's is refused, before it is read in the wrong units.
 */
async function marketOf(
  desk: Desk,
  { liquidation, named }: FillPlace,
  sender: Sender,
): Promise<string> {
  const before = await answeredMarket(desk, sender);
  if (before !== null) return named ?? before;
  const open = openLiquidations(desk.engine).find((one) => one.liquidation === liquidation);
  if (open === undefined) {
    const detail = `liquidation ${liquidation} has no order in force`;
    throw new ProblemError(404, detail, { code: 'unknown-liquidation' });
  }
  if (named === undefined || named === open.market) return open.market;
  const detail = `liquidation ${liquidation} is closing ${open.market} now, not ${named}`;
  throw new ProblemError(422, detail, { code: 'other-market', path: 'market' });
}

async function answeredMarket(desk: Desk, { client, id }: Sender): Promise<string | null> {
  const known = id === undefined ? undefined : desk.engine.clients.get(client)?.answers.get(id);
  if (known === undefined) return null;
  const refused = known.refusal?.figures['market'];
  if (refused !== undefined) return String(refused);
  const { events } = await desk.past((history) =>
    history.events({
      fromSequence: known.sequence,
      kinds: ['liquidation-filled'],
      limit: 1,
      order: 'oldest',
    }),
  );
  const [event] = events;
  return event?.sequence === known.sequence ? (event.market ?? null) : null;
}

function addChange(app: FastifyInstance, desk: Desk, change: Change): void {
  const { method, url, summary, deed, isUrgent = false, params, body, draft } = change;
  const route = described({
    summary,
    tag: 'changing',
    deed,
    answer: Accepted,
    ...(params === undefined ? {} : { params }),
    ...(body === undefined ? {} : { body }),
  });
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const caller = callerOf(request);
    const fields = { ...(request.body as object | undefined), ...(request.params as object) };
    const sender = senderOf(caller, request);
    const command = await draft(fields, desk.scales, sender);
    requireOwn(caller, command);
    const answer = await desk.execute(command, sender);
    return sendAnswer(desk, reply, { answer, command });
  };
  const config = isUrgent ? { ...route.config, rateLimit: false as const } : route.config;
  app.route({ method, url, schema: route.schema, config, handler });
}

/** Every account that a command touches must be one of the caller's. */
function requireOwn(caller: Caller, draft: Draft): void {
  if ('account' in draft) requireAccount(caller, draft.account);
  if (draft.kind === 'trade') {
    requireAccount(caller, draft.buyer);
    requireAccount(caller, draft.seller);
  }
  if ('counterparty' in draft) requireAccount(caller, draft.counterparty);
}

const KEY = /^[A-Za-z0-9._:-]{1,64}$/;

function senderOf({ client }: Caller, request: FastifyRequest): Sender {
  const id = request.headers['idempotency-key'];
  if (id === undefined) return { client };
  if (typeof id === 'string' && KEY.test(id)) return { client, id };
  throw malformed('Idempotency-Key', 'Idempotency-Key must be 1 to 64 of A-Z a-z 0-9 . _ : -');
}

interface Answered {
  readonly answer: Answer;
  readonly command: Draft;
}

function sendAnswer(desk: Desk, reply: FastifyReply, { answer, command }: Answered): FastifyReply {
  const { sequence, timeMs } = answer;
  if (answer.status === 'accepted') {
    return reply.send({ sequence, time: timeText(timeMs), status: 'accepted' });
  }
  const { refusal } = answer;
  const { path, detail } = placeOf(desk, refusal, command);
  const problem = problemOf(statusOf(refusal.code), detail, {
    code: refusal.code,
    sequence,
    ...(path === undefined ? { figures: figuresOf(desk, refusal, command) } : { path }),
  });
  return sendProblem(reply, problem);
}

const MOST_UNITS = 2 ** 50;
const MOST_RATE_E9 = 1_000_000_000;

/** A refusal's sentence, and its field if it is about one: under the names of the request. */
function placeOf(
  desk: Desk,
  { message, figures }: Refusal,
  command: Draft,
): { detail: string; path?: string } {
  const { path } = figures;
  if (typeof path !== 'string') return { detail: message };
  const [name, least] = writtenAs(desk, command, [path, 1]);
  if (name === path) return { detail: message, path };
  const [, most] = writtenAs(desk, command, [path, MOST_UNITS]);
  const [, rate] = writtenAs(desk, command, [path, MOST_RATE_E9]);
  const range = path.endsWith('E9') ? `-${rate} to ${rate}` : `${least} to ${most}`;
  return { detail: `${name} must be from ${range}`, path: name };
}

/** A field of a command as the API says it. */
function writtenAs(
  desk: Desk,
  command: Draft,
  [field, value]: readonly [field: string, value: number],
): [name: string, text: string] {
  const market = 'market' in command ? command.market : undefined;
  const [[name, text] = [field, value]] = Object.entries(
    present({ [field]: value }, desk.scales, market),
  );
  return [name, typeof text === 'string' ? text : String(value)];
}

/** The figures that decided, with decimals; an engine without an asset has none to convert. */
function figuresOf(desk: Desk, refusal: Refusal, command: Draft): Figures {
  if (refusal.code === 'not-configured') return {};
  const market = 'market' in command ? command.market : undefined;
  return present(refusal.figures, desk.scales, market) as Figures;
}
