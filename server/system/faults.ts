import { z } from '@hono/zod-openapi';

export const partNames = ['database', 'storage', 'search', 'classroom', 'converters', 'scanner'] as const;

/** Everything that can be wrong, as the console says it; the pages have words of their own for every code. */
export const faultSentences = {
  ffmpeg_missing: 'recordings cannot be finished and videos have no cover',
  ffprobe_missing: 'videos have no duration and cannot be made smaller',
  soffice_missing: 'Word, PowerPoint and Excel files have no preview',
  pdftoppm_missing: 'documents have no preview',
  pdftotext_missing: 'text inside documents cannot be searched',
  pdfinfo_missing: 'documents have no preview',
  heif_convert_missing: 'HEIC pictures have no preview',
  converters_share_user: 'all run as the same user, nobody, and the database may too',
  converters_reach_network: 'a hostile document may reach the network',
  converters_see_files: 'a hostile document may read what the server can read',
  converters_uncounted: 'a hostile document may start any number of processes',
  converters_unlimited: 'a hostile document may take all memory',
  scanner_away: 'new files are waiting for the virus scanner',
  search_not_started: 'search is slower and finds less',
  pages_not_built: 'the pages have not been built',
  no_media_worker: 'no media worker is running',
  recordings_waiting: 'recording segments are waiting for storage',
  no_answer: 'does not answer in time',
  not_working: 'does not work',
} as const;
export type FaultCode = keyof typeof faultSentences;
export const faultCodes = Object.keys(faultSentences) as [FaultCode, ...FaultCode[]];

/** One thing that is wrong. */
export const faultSchema = z
  .object({
    code: z.enum(faultCodes),
    /** Null when no part of its own is concerned. */
    part: z.enum(partNames).nullable(),
    /** The program that is missing, or how many wait. */
    subject: z.string().nullable(),
    /** What a program said of it, for whoever repairs it. */
    detail: z.string().nullable(),
  })
  .openapi('SystemFault');
export type Fault = z.infer<typeof faultSchema>;

export function faultOf(code: FaultCode, more: Partial<Omit<Fault, 'code'>> = {}): Fault {
  return { code, part: null, subject: null, detail: null, ...more };
}

/** For the console. */
export function sentenceOf({ code, part, subject, detail }: Fault): string {
  const sentence = `${subject ?? part ?? 'server'}: ${faultSentences[code]}`;
  return detail === null ? sentence : `${sentence}. ${detail}`;
}
