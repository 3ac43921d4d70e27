import type { HttpBindings } from '@hono/node-server';
import { AppError } from '../errors.ts';
import { problemAnswer } from '../http/json.ts';
import { accountOf, allow, createRouter } from '../http/route.ts';
import { withoutCopies } from './body.ts';
import type { Uploads } from './service.ts';

export interface UploadRouteServices {
  uploads: Uploads;
}

const methods = ['OPTIONS', 'POST', 'HEAD', 'PATCH', 'DELETE'];

/** Resumable uploads by tus 1.0 (https://tus.io/protocols/resumable-upload); the id of an upload becomes its file's. */
export function uploadRoutes({ uploads }: UploadRouteServices) {
  const router = createRouter();
  router.openAPIRegistry.registerPath({
    method: 'post',
    path: '/uploads',
    summary: 'Begin a resumable upload (tus 1.0); go on with PATCH and HEAD at the Location, give up with DELETE',
    tags: ['uploads'],
    'x-policy': 'account',
    responses: {
      201: { description: 'Begun; Location tells where to send the bytes' },
      default: problemAnswer('upload_too_large', 'type_not_allowed', 'no_space', 'quota_exceeded'),
    },
  });
  // Every method: the router looks up HEAD as GET.
  return router.on(['ALL'], ['/uploads', '/uploads/:id'], allow('account'), async (c) => {
    const request = c.req.raw;
    if (!methods.includes(request.method)) throw new AppError('method_not_allowed');
    try {
      const { incoming } = (c.env ?? {}) as Partial<HttpBindings>;
      return await uploads.handle(withoutCopies(request, incoming), accountOf(c.get('actor')));
    } catch (error) {
      c.header('Tus-Resumable', '1.0.0');
      throw error;
    }
  });
}
