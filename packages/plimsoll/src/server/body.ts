/**
 * Reads bodies and checks requests: strict JSON (repeated keys, broken UTF-8 and numbers that no
 * double can hold are refused), schemas compiled once, and errors that name the field.
 */
import {
  appendKey,
  isNumberText,
  numberText,
  parseJson,
  type JsonValue,
} from '@plimsoll/core/units';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { malformed, ProblemError } from './problem.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** The JSON value of a body, numbers kept as they were written. Throws a 400. */
export function readBody(bytes: Uint8Array): JsonValue {
  const result = parseJson(decode(bytes));
  if ('value' in result) return result.value;
  const { path, message } = result.refusal;
  throw malformed(path, `the body is not JSON: ${message}`);
}

function decode(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new ProblemError(400, 'the body is not UTF-8 text; encode it as UTF-8');
  }
}

/**
 * `value` with ordinary numbers. Throws a 400 with the path of one that no double holds exactly.
 */
export function ordinary(value: JsonValue, path = ''): unknown {
  if (Array.isArray(value))
    return value.map((item, index) => ordinary(item, appendKey(path, index)));
  if (typeof value !== 'object' || value === null) return value;
  if (isNumberText(value)) return ordinaryNumber(value[numberText], path);
  const result: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [key, item] of Object.entries(value))
    result[key] = ordinary(item, appendKey(path, key));
  return result;
}

function ordinaryNumber(text: string, path: string): number {
  const number = Number(text);
  if (Number.isFinite(number) && (Number.isSafeInteger(number) || !Number.isInteger(number))) {
    return number;
  }
  throw malformed(path, `${path === '' ? 'the body' : path} is beyond what can be counted exactly`);
}

export type Verdict = { readonly value: unknown } | { readonly error: Error };

/** A checker for one part of a request; a query's or a path's numbers are read from their text. */
export function compileChecker(schema: TSchema, part: string): (data: unknown) => Verdict {
  const validator = Compile(schema);
  const isText = part === 'querystring' || part === 'params';
  return (data) => {
    const value = isText ? readNumbers(schema, data) : data;
    if (validator.Check(value)) return { value };
    return { error: complaint(validator.Errors(value), { part, schema }) };
  };
}

function readNumbers(schema: TSchema, data: unknown): unknown {
  const { properties } = schema as { properties?: Readonly<Record<string, { type?: unknown }>> };
  const result: Record<string, unknown> = { ...(data as Readonly<Record<string, unknown>>) };
  for (const [key, text] of Object.entries(result)) {
    const type = properties?.[key]?.type;
    if (type === 'integer' && typeof text === 'string' && /^-?\d{1,15}$/.test(text)) {
      result[key] = Number(text);
    }
    if (type === 'array' && typeof text === 'string') result[key] = [text];
  }
  return result;
}

interface Checked {
  readonly part: string;
  readonly schema: TSchema;
}

interface SchemaError {
  readonly keyword: string;
  readonly schemaPath: string;
  readonly instancePath: string;
  readonly params: object;
  readonly message: string;
}

/** The first thing that is wrong, with its path; an unknown field before anything else. */
function complaint(errors: readonly SchemaError[], { part, schema }: Checked): ProblemError {
  const unknownField = errors.find(({ keyword }) => keyword === 'additionalProperties');
  const error = unknownField ?? errors.findLast(({ keyword }) => keyword !== 'const') ?? errors[0];
  const where = part === 'body' ? 'the body' : `the ${part === 'querystring' ? 'query' : part}`;
  if (error === undefined) return new ProblemError(400, `${where} is not as described`);
  const parent = pathOf(error.instancePath);
  const params = error.params as Readonly<Record<string, readonly string[] | undefined>>;
  const field = params['additionalProperties']?.[0] ?? params['requiredProperties']?.[0];
  const path = field === undefined ? parent : appendKey(parent, field);
  return malformed(
    path,
    `${path === '' ? where : path} ${wording(error, schema)}; see /v1/openapi.json`,
  );
}

function wording(error: SchemaError, schema: TSchema): string {
  const { keyword, message, schemaPath, params } = error;
  if (keyword === 'additionalProperties') return 'is not a field here';
  if (keyword === 'required') return 'is missing';
  if ('allowedValues' in params && Array.isArray(params.allowedValues))
    return `must be one of ${params.allowedValues.join(', ')}`;
  const described = descriptionAt(schema, schemaPath);
  if (keyword === 'anyOf' && described === undefined) return 'is none of the values allowed';
  return described === undefined ? message : `must be ${described}`;
}

/** What the schema says in words at `#/properties/size`. */
function descriptionAt(schema: TSchema, schemaPath: string): string | undefined {
  let at: unknown = schema;
  for (const step of schemaPath.split('/').slice(1)) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[step];
  }
  const { description } = (at ?? {}) as { readonly description?: unknown };
  return typeof description === 'string' ? description : undefined;
}

/** `/positions/2/size` as `positions[2].size`. */
function pathOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, step) => appendKey(path, /^\d+$/.test(step) ? Number(step) : step), '');
}
