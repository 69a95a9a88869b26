#include "platform/crypto/signed_text.hpp"

#include <openssl/pem.h>

#include "platform/crypto/openssl_ptr.hpp"

namespace holdline::platform {

namespace {

constexpr const char* signature_name = "SIGNATURE";
constexpr std::string_view signature_begins = "-----BEGIN SIGNATURE-----\n";

using ContextPtr = std::unique_ptr<EVP_MD_CTX, OpensslFree<EVP_MD_CTX_free>>;
using StoreContextPtr = std::unique_ptr<X509_STORE_CTX, OpensslFree<X509_STORE_CTX_free>>;

const unsigned char* octets(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string pem_of(std::string_view signature) {
  return to_pem([&](BIO* bio) {
    return PEM_write_bio(bio, signature_name, "", octets(signature), static_cast<long>(signature.size())) > 0;
  });
}

std::string pem_of(const std::vector<X509Ptr>& chain) {
  std::string text;
  for (const X509Ptr& one : chain) text += to_pem([&](BIO* bio) { return PEM_write_bio_X509(bio, one.get()) == 1; });
  return text;
}

// The bytes of the first block; empty when it is another, or none.
std::string signature_in(std::string_view pem) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  char *name = nullptr, *header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  if (!bio || PEM_read_bio(bio.get(), &name, &header, &data, &size) != 1) return {};
  std::string found = name == std::string_view(signature_name) ? std::string(data, data + size) : std::string();
  OPENSSL_free(name);
  OPENSSL_free(header);
  OPENSSL_free(data);
  return found;
}

tl::unexpected<Error> broken() {
  ERR_clear_error();
  return fail(ErrorKind::ask_person, "signature-broken",
              "The signature does not fit: the file was changed after it was signed, or is damaged.");
}

// Whether the last of the chain, which is its own authority, vouches for the first, and did so then.
bool is_vouched_for(const std::vector<X509Ptr>& chain, UnixTime at) {
  X509* root = chain.back().get();
  const X509StorePtr store(X509_STORE_new());
  const StoreContextPtr context(X509_STORE_CTX_new());
  if (!store || !context || X509_self_signed(root, 1) != 1 || X509_STORE_add_cert(store.get(), root) != 1) return false;
  if (X509_STORE_CTX_init(context.get(), store.get(), chain.front().get(), nullptr) != 1) return false;
  X509_STORE_CTX_set_time(context.get(), 0, static_cast<std::time_t>(at.time_since_epoch().count()));
  return X509_verify_cert(context.get()) == 1;
}

bool has_signed(X509* certificate, std::string_view text, std::string_view signature) {
  const ContextPtr context(EVP_MD_CTX_new());
  return context &&
         EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, X509_get0_pubkey(certificate)) == 1 &&
         EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(text), text.size()) == 1;
}

}  // namespace

Result<std::string> sign_text(const Identity& signer, std::string_view text) {
  const auto chain = read_certificates(signer.chain_pem);
  const PkeyPtr key = read_private_key(signer.key_pem);
  if (chain.empty() || !key) return fail(ErrorKind::stop, "bad-key", "There is no certificate to sign with.");
  const ContextPtr context(EVP_MD_CTX_new());
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key.get())), '\0');
  std::size_t size = signature.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, octets(text),
                     text.size()) != 1)
    return openssl_failure(ErrorKind::stop, "crypto-failed", "The text could not be signed.");
  signature.resize(size);
  return std::string(text) + pem_of(signature) + pem_of(chain);
}

Result<SignedText> split_signed(std::string_view whole) {
  const auto at = whole.rfind(signature_begins);
  if (at == std::string_view::npos || at == 0 || whole[at - 1] != '\n')
    return fail(ErrorKind::ask_person, "not-signed", "There is no signature in it.");
  return SignedText{whole.substr(0, at), whole.substr(at)};
}

Result<TextSigner> check_signed(const SignedText& signed_text, UnixTime at) {
  if (signed_text.signature.size() > signature_bytes) return broken();
  const std::string signature = signature_in(signed_text.signature);
  const auto chain = read_certificates(signed_text.signature);
  // PEM can be laid out in many ways: any but ours counts as a change.
  if (signature.empty() || chain.empty() || pem_of(signature) + pem_of(chain) != signed_text.signature) return broken();
  if (!is_vouched_for(chain, at) || !has_signed(chain.front().get(), signed_text.text, signature)) return broken();
  return TextSigner{describe(chain.front().get()).common_name, fingerprint_of(chain.back().get())};
}

}  // namespace holdline::platform
