// A text that whoever reads it can check without asking anybody: its bytes, and after them as PEM (RFC 7468) a
// signature of them (ECDSA with SHA-256, RFC 5480) and the certificates of whoever signed, up to the authority. In CMS
// (RFC 5652) some bytes could be changed without anybody's noticing; here none. Synchronous, any thread.
#pragma once

#include <string>
#include <string_view>

#include "platform/crypto/certificate.hpp"

namespace holdline::platform {

// `text` ends in a line end and holds no signature of its own. Error stop "crypto-failed", "bad-key".
Result<std::string> sign_text(const Identity& signer, std::string_view text);

inline constexpr std::size_t signature_bytes = 64 * 1024;  // with the certificates

struct SignedText {
  std::string_view text;       // within what was read
  std::string_view signature;  // PEM, with the certificates
};
// Where the text ends and its signature begins. ask_person "not-signed".
Result<SignedText> split_signed(std::string_view whole);

struct TextSigner {
  std::string name;      // common name of its certificate
  sync::Hash authority;  // fingerprint of the authority that vouches for it: the caller decides whether to believe it
};
// That nothing was changed, in the text or in the signature, since it was signed by somebody whose certificate was good
// at `at`. ask_person "signature-broken".
Result<TextSigner> check_signed(const SignedText& signed_text, UnixTime at);

}  // namespace holdline::platform
