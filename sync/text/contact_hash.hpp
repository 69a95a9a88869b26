// What stands in the do-not-call list in place of a number or address (docs/decisions/0017).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sync/base/hash.hpp"

namespace holdline::sync {

// Of a number in E.164 (`kind` "number") or an e-mail address ("email"; upper case is as lower), with the ledger's key.
inline std::string contact_hash(std::string_view hash_key, std::string_view kind, std::string_view value) {
  std::string text = std::string(kind) + "\n" + std::string(value);
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return to_hex(hmac_sha256(hash_key, text).view());
}

// Under which a wish about it may stand in the list, itself first: a number may have been said in another spelling
// (sync/text/phone.hpp: same_phones).
std::vector<std::string> contact_hashes(std::string_view hash_key, std::string_view kind, std::string_view value);

}  // namespace holdline::sync
