import type zh from '../zh-CN/account.ts';

const account: typeof zh = {
  menu: 'Account menu',
  language: 'Language',
  theme: { title: 'Appearance', system: 'System', light: 'Light', dark: 'Dark' },
  signOutWords:
    'Some files are still being uploaded or have not been published. They stop when you sign out, and do not go on for another account.',
  signOut: 'Sign out',
  signIn: {
    title: 'Sign in',
    lead: 'One lesson, many classrooms.',
    login: 'Account or phone number',
    password: 'Password',
    submit: 'Sign in',
    forgot: 'Forgot the password? Your school’s operator or principal can reset it.',
    room: 'A classroom screen needs no password:',
    roomLink: 'set it up with a phone',
  },
  password: {
    title: 'Change password',
    current: 'Current password',
    next: 'New password',
    hint: 'At least 10 characters; a sentence you remember is fine.',
    tooShort: 'The new password needs at least 10 characters.',
    changed: 'The password was changed.',
  },
};

export default account;
