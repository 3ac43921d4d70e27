/** What the bench and its media node share: the bench signs the tokens itself. */
export const tokenSecret = new TextEncoder().encode('a secret of the bench that is long enough');
export const classSessionId = 'lesson';
