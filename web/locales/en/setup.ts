import type zh from '../zh-CN/setup.ts';

const setup: typeof zh = {
  title: 'First set-up',
  lead: 'Make the first administrator. Other accounts are made by that one later.',
  name: 'Name',
  login: 'Account name',
  loginHint: '3 to 32 letters, digits, dots or dashes, beginning with a letter.',
  loginWrong: 'Begin with a letter and use only letters a to z, digits, dots, dashes and underscores, 3 to 32 in all.',
  password: 'Password',
  again: 'Password again',
  different: 'The two passwords differ.',
  submit: 'Finish the set-up',
  noToken: 'Open this page by the set-up link that the server printed at its start; it begins with /setup#.',
  already: 'The platform is set up already. Please sign in.',
  doneTitle: 'Set up',
  done: 'The administrator was made and is signed in. Next: add schools and the alliance, then accounts and classroom devices.',
  goOn: 'Add schools',
  authority: {
    title: 'Have browsers trust this server',
    why: 'Browsers give camera and microphone only to addresses they trust. This server signs its own certificate: install the root certificate once on every classroom machine.',
    download: 'Download the root certificate',
    system: 'Operating system',
    windows: {
      name: 'Windows',
      one: 'Double-click tongke-authority.crt, press “Install Certificate” and choose “Local Machine”.',
      two: 'Choose “Place all certificates in the following store”, “Browse”, then “Trusted Root Certification Authorities”.',
      three:
        'Close and reopen the browser and use the address that begins with https://; it is no longer marked as unsafe.',
    },
    android: {
      name: 'Android',
      one: 'Open Settings and search for “CA certificate” (mostly under Security, Encryption and credentials, Install a certificate).',
      two: 'Choose “CA certificate”, confirm, and pick the downloaded tongke-authority.crt.',
      three: 'Open the address that begins with https:// in Chrome or the system browser.',
    },
    linux: {
      name: 'Linux',
      one: 'Copy tongke-authority.crt to /usr/local/share/ca-certificates/ and run sudo update-ca-certificates.',
      two: 'For Chrome and Chromium import it also under Settings, Privacy and security, Security, Manage certificates, Authorities, and trust it for websites.',
      three: 'For Firefox import it under Settings, Privacy & Security, Certificates, View Certificates, Authorities.',
    },
  },
};

export default setup;
