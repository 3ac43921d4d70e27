import type zh from '../zh-CN/setup.ts';

const setup: typeof zh = {
  title: 'First-time setup',
  lead: 'Create the first administrator, who can create the other accounts later.',
  name: 'Name',
  login: 'Account name',
  loginHint: '3 to 32 letters, digits, dots, dashes or underscores, starting with a letter.',
  loginWrong: 'Start with a letter and use only letters a to z, digits, dots, dashes and underscores, 3 to 32 in all.',
  password: 'Password',
  again: 'Confirm password',
  different: 'The passwords don’t match.',
  submit: 'Finish setup',
  noToken: 'Open this page with the setup link the server printed when it started. It begins with /setup#.',
  already: 'The platform is already set up. Please sign in.',
  doneTitle: 'Setup complete',
  done: 'The administrator account is ready and signed in. Next, add schools and the alliance, then create accounts and enrol classroom devices.',
  goOn: 'Add schools',
  authority: {
    title: 'Make browsers trust this server',
    why: 'Browsers only let trusted addresses use the camera and microphone. This server signs its own certificate, so install the root certificate on every classroom computer. Once is enough until it expires.',
    download: 'Download root certificate',
    system: 'Operating system',
    windows: {
      name: 'Windows',
      one: 'Double-click tongke-authority.crt, click “Install Certificate” and choose “Local Machine”.',
      two: 'Choose “Place all certificates in the following store”, click “Browse”, choose “Trusted Root Certification Authorities” and finish.',
      three:
        'Close and reopen the browser, then use the address that starts with https://. It’s no longer marked as not secure.',
    },
    android: {
      name: 'Android',
      one: 'Open Settings and search for “CA certificate” (usually under Security, Encryption & credentials, Install a certificate).',
      two: 'Choose “CA certificate”, confirm, and select the downloaded tongke-authority.crt.',
      three: 'Open the address that starts with https:// in Chrome or the built-in browser.',
    },
    linux: {
      name: 'Linux',
      one: 'Copy tongke-authority.crt to /usr/local/share/ca-certificates/ and run sudo update-ca-certificates.',
      two: 'For Chrome and Chromium, also import it under Settings, Privacy and security, Security, Manage certificates, Authorities, and tick “Trust this certificate for identifying websites”.',
      three:
        'For Firefox, import it under Settings, Privacy & Security, Certificates, View Certificates, Authorities. UOS and Kylin work the same way.',
    },
  },
};

export default setup;
