/**
 * The changes to the worker's source that the system's own libraries ask for.
 * Each `from` must occur exactly once, so that a new mediasoup version cannot slip past unseen.
 */
export const edits = [
  {
    file: 'meson.build',
    why: 'Debian 12 has Meson 1.0.1, which is enough.',
    from: "meson_version: '>= 1.1.0'",
    to: "meson_version: '>= 1.0.1'",
  },
  {
    file: 'src/RTC/DtlsTransport.cpp',
    why:
      'The BIO callback answers 1 to every control call. An OpenSSL that is built with kernel TLS then believes the kernel ' +
      'encrypts, never allocates its write buffer, and crashes in the first handshake. The result of the operation itself ' +
      'has to be handed back after every operation.',
    from: '(operationType == BIO_CB_RETURN) ? static_cast<long>(ret) : 1',
    to: '(operationType & BIO_CB_RETURN) ? static_cast<long>(ret) : 1',
  },
];
