/** Serves the dashboard's files: hashed ones for ever, the page itself checked every time. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import staticFiles from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const BUILT = fileURLToPath(new URL('../../dist/dashboard', import.meta.url));
const YEAR_SECONDS = 31_536_000;

const MISSING = `<!doctype html><html lang="en"><title>Plimsoll</title>
<p>The page has not been built; run <code>npm run build</code>. The API is at <a href="/v1/openapi.json">/v1</a>.</p>`;

/** Adds `/` and what it loads. */
export async function addPage(app: FastifyInstance): Promise<void> {
  if (!existsSync(join(BUILT, 'index.html'))) {
    app.get('/', { schema: { hide: true } }, (_request, reply) =>
      reply.type('text/html').send(MISSING),
    );
    return;
  }
  await app.register(staticFiles, {
    root: BUILT,
    index: 'index.html',
    dotfiles: 'ignore',
    cacheControl: false,
    schemaHide: true,
    setHeaders: (reply, path) => {
      const isHashed = path.startsWith(join(BUILT, 'assets'));
      reply.setHeader(
        'cache-control',
        isHashed ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache',
      );
    },
  });
}
