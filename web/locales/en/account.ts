import type zh from '../zh-CN/account.ts';

const account: typeof zh = {
  menu: 'Account menu',
  language: 'Language',
  theme: { title: 'Appearance', system: 'System', light: 'Light', dark: 'Dark' },
  signOutWords:
    'Some files haven’t finished uploading or aren’t published. Signing out stops them, and they won’t resume under another account.',
  signOutDownloads: 'Downloads are not finished yet; after signing out they start from the beginning.',
  signOut: 'Sign out',
  signIn: {
    title: 'Sign in',
    lead: 'One lesson, many classrooms.',
    login: 'Account name or phone number',
    password: 'Password',
    submit: 'Sign in',
    forgot: 'Forgot your password? Your school’s operator or principal can reset it.',
    room: 'Is this a classroom screen? No password needed:',
    roomLink: 'set it up with a phone',
    ended: 'You’ve been signed out. Sign in again to go back to the page you were on.',
  },
  kept: { words: 'What you hadn’t saved last time is back.', discard: 'Discard it' },
  password: {
    title: 'Change password',
    current: 'Current password',
    next: 'New password',
    hint: 'At least 10 characters. A sentence you’ll remember works well.',
    tooShort: 'The new password needs at least 10 characters.',
    changed: 'Password changed.',
  },
};

export default account;
