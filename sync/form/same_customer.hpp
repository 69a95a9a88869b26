// Whether two customers are probably one person: one judgement for the desk, where somebody is about to be added, and
// for imports. Who is compared with whom, by the numbers, addresses and postcodes they share, is found elsewhere. Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sync/action/action.hpp"
#include "sync/schema/schema.hpp"
#include "sync/text/name.hpp"

namespace holdline::sync {

// What both have.
enum class SharedBy : std::uint8_t { key, postcode };  // key: a telephone number, an e-mail address

// The names of a customer in the order of the schema, a space between them.
std::string full_name(const Collection& customers, const Record& record);
// The first word by which those at one postcode are told apart, folded: of the family name or the organisation. Empty
// when there is none.
std::string family_word(const NameNormalizer& normalizer, const Collection& customers, const Record& record);
// So much of it both must have.
inline constexpr std::size_t letters_of_family = 3;

// One folded name (NameNormalizer::folded_name) beside others.
class NameComparison {
 public:
  explicit NameComparison(std::string folded);
  NameComparison(NameComparison&&) noexcept;
  NameComparison& operator=(NameComparison&&) noexcept;
  ~NameComparison();

  // How similar, from 0 to 100; 0 when it is too little to ask about. An empty name is similar to nobody's.
  int with(const std::string& folded, SharedBy shared) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace holdline::sync
