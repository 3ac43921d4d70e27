import { jsonAnswer, jsonBody, problemAnswer } from '../http/json.ts';
import { accountOf, createRouter, defineRoute } from '../http/route.ts';
import { pupilConsentParameters, pupilConsentSchema } from './schema.ts';
import type { PupilConsentService } from './service.ts';

const tags = ['pupil-consent'];
const path = '/schools/{id}/pupil-consent';
const request = { params: pupilConsentParameters };

export function pupilConsentRoutes({ pupilConsent }: { pupilConsent: PupilConsentService }) {
  return createRouter()
    .openapi(
      defineRoute(['admin', 'principal'], {
        method: 'get',
        path,
        summary: "What of a school's pupils may be in recordings of lessons",
        tags,
        request,
        responses: { 200: jsonAnswer('What it consents to', pupilConsentSchema), default: problemAnswer('not_found') },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        return c.json(await pupilConsent.consentOf(accountOf(c.get('actor')), id), 200);
      },
    )
    .openapi(
      defineRoute(['admin', 'principal'], {
        method: 'put',
        path,
        summary: "Consent to recordings of a school's pupils, or withdraw that for lessons that begin from now on",
        tags,
        request: { ...request, body: jsonBody(pupilConsentSchema) },
        responses: { 200: jsonAnswer('As set', pupilConsentSchema), default: problemAnswer('not_found') },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        const { pupilsRecorded } = c.req.valid('json');
        return c.json(await pupilConsent.setConsent(accountOf(c.get('actor')), id, pupilsRecorded), 200);
      },
    );
}
