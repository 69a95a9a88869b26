#include "hub/ledger/grants.hpp"

#include <algorithm>

#include "sync/base/bytes.hpp"
#include "sync/base/hash.hpp"

namespace holdline::hub {

std::uint32_t grants_of(std::vector<std::string> scopes, sync::VisibilitySet profile) {
  std::ranges::sort(scopes);
  sync::Bytes what;
  sync::ByteWriter out(what);
  out.varint(profile);
  for (const std::string& scope : scopes) out.blob(scope);
  const sync::Hash hash = sync::sha256(what);
  std::uint32_t version = 0;
  for (std::size_t i = 0; i < sizeof version; ++i) version = version << 8 | hash.bytes[i];
  return version == 0 ? 1 : version;
}

}  // namespace holdline::hub
