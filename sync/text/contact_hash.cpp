#include "sync/text/contact_hash.hpp"

#include "sync/text/phone.hpp"

namespace holdline::sync {

std::vector<std::string> contact_hashes(std::string_view hash_key, std::string_view kind, std::string_view value) {
  if (kind != "number") return {contact_hash(hash_key, kind, value)};
  std::vector<std::string> hashes;
  for (const std::string& same : same_phones(value)) hashes.push_back(contact_hash(hash_key, kind, same));
  return hashes;
}

}  // namespace holdline::sync
