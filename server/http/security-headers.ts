import { createMiddleware } from 'hono/factory';
import { secureHeaders } from 'hono/secure-headers';
import type { Env } from './route.ts';

const halfYearSeconds = 15_552_000;

/**
 * Headers that hold for every answer. Script comes from our own files only, never inline (CSP Level 3).
 * A handler that sets a Content-Security-Policy itself, such as the sandbox of a download, keeps it.
 *
 * @param storeOrigin where presigned downloads lead, when objects lie in an S3 store.
 */
export function securityHeaders(storeOrigin: string | null) {
  const store = storeOrigin === null ? [] : [storeOrigin];
  const headers = secureHeaders({
    overwrite: false,
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:', 'blob:', ...store],
      mediaSrc: ["'self'", 'blob:', ...store],
      // Media nodes may run on hosts of their own, so the classroom's WebSocket may lead anywhere.
      connectSrc: ["'self'", 'ws:', 'wss:', ...store],
      fontSrc: ["'self'"],
      workerSrc: ["'self'", 'blob:'],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
    permissionsPolicy: {
      camera: ['self'],
      microphone: ['self'],
      displayCapture: ['self'],
      fullscreen: ['self'],
      screenWakeLock: ['self'],
      geolocation: [],
      payment: [],
      usb: [],
    },
    referrerPolicy: 'same-origin',
    // With a certificate of the local authority a browser that was told HSTS could never go back to http.
    strictTransportSecurity: false,
    xFrameOptions: 'DENY',
    // An installation is reached by http and https under one name, which origin-keyed agents refuse to mix.
    originAgentCluster: false,
  });
  return headers;
}

/** HSTS (RFC 6797), for installations whose public address is https. */
export function strictTransport(publicOrigin: string | null) {
  const wanted = publicOrigin?.startsWith('https://') ?? false;
  return createMiddleware<Env>(async (c, next) => {
    await next();
    if (wanted && c.get('client').secure) {
      c.res.headers.set('Strict-Transport-Security', `max-age=${halfYearSeconds}`);
    }
  });
}
