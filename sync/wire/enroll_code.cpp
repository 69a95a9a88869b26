#include "sync/wire/enroll_code.hpp"

#include <algorithm>

#include "sync/base/bytes.hpp"

namespace holdline::sync {

namespace {

constexpr std::string_view prefix = "hl1-";
constexpr std::size_t longest_hub = 200;
constexpr std::size_t checksum_bytes = 4;

std::string_view view(const std::array<std::uint8_t, 16>& secret) {
  return {reinterpret_cast<const char*>(secret.data()), secret.size()};
}

std::string checksum(std::string_view body) { return std::string(sha256(body).view().substr(0, checksum_bytes)); }

}  // namespace

Hash EnrollmentCode::secret_hash() const { return sha256({"holdline enrollment", view(secret)}); }

std::string EnrollmentCode::text() const {
  Bytes body;
  ByteWriter out(body);
  out.blob(hub);
  out.raw(ca_fingerprint.view());
  out.raw(view(secret));
  return std::string(prefix) + to_hex(body + checksum(body));
}

Result<EnrollmentCode> EnrollmentCode::parse(std::string_view text) {
  const auto malformed = [] {
    return fail(ErrorKind::ask_person, "malformed-code",
                "This is not an enrolment code, or not all of it. Copy it again.");
  };
  std::string bytes;
  if (!text.starts_with(prefix) || !from_hex(text.substr(prefix.size()), bytes) || bytes.size() <= checksum_bytes)
    return malformed();
  const std::string sum = bytes.substr(bytes.size() - checksum_bytes);
  bytes.resize(bytes.size() - checksum_bytes);
  if (sum != checksum(bytes)) return malformed();
  ByteReader in(bytes);
  EnrollmentCode code;
  code.hub = in.blob(longest_hub);
  code.ca_fingerprint = Hash::from(in.raw(sizeof(Hash)));
  const std::string_view secret = in.raw(code.secret.size());
  if (!in.done() || !code.hub.starts_with("https://")) return malformed();
  std::ranges::copy(secret, code.secret.begin());
  return code;
}

}  // namespace holdline::sync
