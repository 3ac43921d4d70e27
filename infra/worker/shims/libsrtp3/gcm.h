/*
 * AES in Galois/Counter Mode (RFC 7714) by OpenSSL.
 * Debian's libsrtp encrypts by NSS, which sets up the key anew for each packet and looks for it among those of all streams:
 * a third of the worker's time with 200 receivers. libsrtp lets a program bring a cipher of its own.
 */
#ifndef GCM_OF_OPENSSL_H
#define GCM_OF_OPENSSL_H

#include "srtp.h"

/*
 * To be called after srtp_init() and before the first session.
 * libsrtp takes the ciphers only when they pass their tests and those that its own have to pass; otherwise algo_fail.
 */
srtp_err_status_t use_gcm_of_openssl(void);

#endif
