/**
 * What the API answers about an account document and forgets: figures, derivations, sizes, stops,
 * what-ifs and advice. A body in, the answer of the library out.
 */
import {
  advise,
  check,
  explain,
  explainAcross,
  explanationText,
  fundingDrag,
  liquidationSurface,
  sensitivity,
  sizing,
  stopFor,
  stopMove,
  whatIf,
  type AdviceContext,
  type Change,
  type Explanation,
  type Refusal,
  type StopRequest,
  type SurfaceRequest,
} from '@plimsoll/core/margin';
import { rulebooks } from '@plimsoll/core/rulebook';

/** The calculations whose body is `{document, …request}`. */
export type AboutDocument =
  'what-if' | 'size' | 'stop' | 'sensitivity' | 'funding-drag' | 'liquidation-surface' | 'advice';

/** All calculations, named as their addresses end. */
export type CalculationName = 'check' | 'explain' | AboutDocument;

export interface Refused {
  readonly error: Refusal;
}

/** A document with what is asked about it, or for `check` and `explain` the document itself. */
export type CalculationBody = Readonly<Record<string, unknown>>;

type Calculation = (document: unknown, request: CalculationBody) => object;

/** What is asked about the `document` of a body, by the last part of its address. */
const ABOUT_DOCUMENT: Readonly<Record<AboutDocument, Calculation>> = {
  'what-if': (document, { changes }) => whatIf(document, changes as readonly Change[], rulebooks),
  size: (document, request) => sizing(document, request, rulebooks),
  stop: (document, { changes, ...request }) => {
    const stop = request as unknown as StopRequest;
    if (changes === undefined) return stopFor(document, stop, rulebooks);
    return stopMove(document, stop, { changes: changes as readonly Change[], rulebooks });
  },
  sensitivity: (document, request) => sensitivity(document, request, rulebooks),
  'funding-drag': (document, request) => fundingDrag(document, request, rulebooks),
  'liquidation-surface': (document, request) =>
    liquidationSurface(document, request as unknown as SurfaceRequest, rulebooks),
  advice: (document, { context = {} }) => advise(document, rulebooks, context as AdviceContext),
};

export interface CalculationRequest {
  readonly name: CalculationName;
  readonly body: CalculationBody;
  /** For `explain`: a market, or a number from 0. */
  readonly position?: string | undefined;
  /** For `explain`: ids of rulebooks, parted by commas; the position under each of them. */
  readonly venues?: string | undefined;
}

/** The answer as the command line prints it; the path of a refusal is one in the body. */
export function calculate({ name, body, position, venues }: CalculationRequest): object | Refused {
  if (name === 'check') return check(body, rulebooks);
  if (name === 'explain' && venues !== undefined)
    return explainAcross(body, { position, venues: venues.split(',') }, rulebooks);
  if (name === 'explain') return derivation(body, position);
  const { document, ...request } = body;
  const answer = ABOUT_DOCUMENT[name](document, request);
  if (!isRefused(answer)) return answer;
  const { path, message } = answer.error;
  return { error: { path: pathInBody(path, document), message } };
}

/** The derivation of a liquidation price, with its text for people. */
export function derivation(
  document: unknown,
  position: string | undefined,
): (Explanation & { readonly text: string }) | Refused {
  const choice = position !== undefined && /^\d{1,6}$/.test(position) ? Number(position) : position;
  const explanation = explain(document, choice ?? 0, rulebooks);
  if ('error' in explanation) return explanation;
  return { ...explanation, text: explanationText(explanation) };
}

export function isRefused(answer: object): answer is Refused {
  return 'error' in answer;
}

/**
 * The library is given document and request apart, and a refusal does not say whose path it names.
 * Of a document that `check` takes only the terms of a market can be missing.
 */
function pathInBody(path: string, document: unknown): string {
  if (isRefused(check(document, rulebooks))) return inDocument(path);
  return /^markets[.[]/.test(path) ? inDocument(path) : path;
}

function inDocument(path: string): string {
  if (path === '') return 'document';
  return path.startsWith('[') ? `document${path}` : `document.${path}`;
}
