/* SPDX-License-Identifier: MIT */
#include "base/sign.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "base/text.h"

static void hmac_make(gnutls_mac_algorithm_t kind, struct span secret, struct span message,
                      unsigned char *code)
{
    const char *bytes = message.size ? message.bytes : "";
    const char *key = secret.size ? secret.bytes : "";
    if (gnutls_hmac_fast(kind, key, secret.size, bytes, message.size, code) != 0)
        memory_out(); /* nothing else is left to go wrong in it */
}

void hmac_sha256(struct span secret, struct span message, unsigned char code[HASH_SIZE])
{
    hmac_make(GNUTLS_MAC_SHA256, secret, message, code);
}

void hmac_sha1(struct span secret, struct span message, unsigned char code[SHA1_SIZE])
{
    hmac_make(GNUTLS_MAC_SHA1, secret, message, code);
}

CLEANUP_DEFINE(gnutls_x509_crt_t, gnutls_x509_crt_deinit)
CLEANUP_DEFINE(gnutls_pubkey_t, gnutls_pubkey_deinit)

static gnutls_datum_t datum_of(struct span span)
{
    return (gnutls_datum_t){(unsigned char *)span.bytes, (unsigned)span.size};
}

static bool is_in_time(gnutls_x509_crt_t cert, msec now)
{
    return now / SECOND_MS >= gnutls_x509_crt_get_activation_time(cert) &&
           now / SECOND_MS <= gnutls_x509_crt_get_expiration_time(cert);
}

bool certificate_is_current(struct span certificate, msec now)
{
    CLEANUP(gnutls_x509_crt_deinit) gnutls_x509_crt_t cert = NULL;
    gnutls_datum_t pem = datum_of(certificate);
    if (gnutls_x509_crt_init(&cert) != 0)
        memory_out();
    return gnutls_x509_crt_import(cert, &pem, GNUTLS_X509_FMT_PEM) == 0 && is_in_time(cert, now);
}

bool ed25519_verify(struct span key, struct span message, struct span signature)
{
    CLEANUP(gnutls_pubkey_deinit) gnutls_pubkey_t public_key = NULL;
    gnutls_datum_t point = datum_of(key);
    gnutls_datum_t data = datum_of(message);
    gnutls_datum_t code = datum_of(signature);
    if (key.size != ED25519_KEY_SIZE || signature.size != ED25519_SIGNATURE_SIZE)
        return false;
    if (gnutls_pubkey_init(&public_key) != 0)
        memory_out();
    return gnutls_pubkey_import_ecc_raw(public_key, GNUTLS_ECC_CURVE_ED25519, &point, NULL) == 0 &&
           gnutls_pubkey_verify_data2(public_key, GNUTLS_SIGN_EDDSA_ED25519, 0, &data, &code) >= 0;
}

bool rsa_verify(struct span certificate, enum rsa_hash hash, struct span message,
                struct span signature, msec now, struct fault *fault)
{
    CLEANUP(gnutls_x509_crt_deinit) gnutls_x509_crt_t cert = NULL;
    CLEANUP(gnutls_pubkey_deinit) gnutls_pubkey_t key = NULL;
    gnutls_datum_t pem = datum_of(certificate);
    gnutls_datum_t data = datum_of(message);
    gnutls_datum_t code = datum_of(signature);
    if (gnutls_x509_crt_init(&cert) != 0 || gnutls_pubkey_init(&key) != 0)
        memory_out();
    int error = gnutls_x509_crt_import(cert, &pem, GNUTLS_X509_FMT_PEM);
    if (error == 0)
        error = gnutls_pubkey_import_x509(key, cert, 0);
    if (error != 0)
        return fault_set(fault, FAULT_PEER, "the certificate cannot be read: %s",
                         gnutls_strerror(error));
    if (gnutls_pubkey_get_pk_algorithm(key, NULL) != GNUTLS_PK_RSA)
        return fault_set(fault, FAULT_PEER, "the certificate's key is not RSA");
    if (!is_in_time(cert, now))
        return fault_set(fault, FAULT_PEER, "the certificate is not valid at this time");
    /* Only the hash that the caller names counts, so an old one is allowed by its name alone. */
    error = gnutls_pubkey_verify_data2(
        key, hash == RSA_SHA1 ? GNUTLS_SIGN_RSA_SHA1 : GNUTLS_SIGN_RSA_SHA256,
        hash == RSA_SHA1 ? GNUTLS_VERIFY_ALLOW_SIGN_WITH_SHA1 | GNUTLS_VERIFY_ALLOW_BROKEN : 0,
        &data, &code);
    if (error < 0)
        return fault_set(fault, FAULT_INPUT, "the signature was not made with this certificate");
    return true;
}
