import { createServer, type Server } from 'node:http';

/** A door that hostile files name; whoever comes is remembered. */
export async function openListener() {
  const visits: string[] = [];
  const server: Server = createServer((request, response) => {
    visits.push(`${request.method} ${request.url}`);
    response.end('root:x:0:0 came from the network');
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    address: `http://127.0.0.1:${address.port}`,
    visits,
    close: () => new Promise<void>((done) => server.close(() => done())),
  };
}
