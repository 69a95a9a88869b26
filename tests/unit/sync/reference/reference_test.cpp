#include "sync/reference/reference.hpp"

#include <algorithm>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "sync/reference/guesses.hpp"
#include "sync/reference/stock.hpp"

namespace holdline::sync {
namespace {

using Kind = ReferenceReading::Kind;

// Some of each length, the first and last ones among them.
std::vector<std::uint64_t> some_numbers() {
  std::vector<std::uint64_t> numbers{0, 1, 2, short_reference_count - 1, short_reference_count, reference_count - 1};
  std::mt19937_64 random(5);
  while (numbers.size() < 400)
    numbers.push_back(random() % (numbers.size() % 2 ? short_reference_count : reference_count));
  return numbers;
}

bool fits(const std::string& typed) { return read_reference(typed).kind == Kind::reference; }

TEST(Reference, EveryWrongCharacterIsNoticed) {
  std::size_t tried = 0;
  for (const std::uint64_t number : some_numbers()) {
    const std::string text = reference_text(number);
    ASSERT_TRUE(is_reference(text)) << text;
    for (std::size_t at = 0; at < text.size(); ++at)
      for (char wrong = '0'; wrong <= 'Z' && text[at] != '-'; ++wrong) {
        if (wrong == text[at] || (wrong > '9' && wrong < 'A')) continue;
        std::string misheard = text;
        misheard[at] = wrong;
        ASSERT_FALSE(fits(misheard)) << text << " as " << misheard;
        ++tried;
      }
  }
  EXPECT_GT(tried, 100'000u);
}

// Neighbours and any others, and a pair that was heard as another pair of the same ("44" for "77").
TEST(Reference, EveryExchangeAndEveryWrongTwinIsNoticed) {
  for (const std::uint64_t number : some_numbers()) {
    std::string plain = reference_text(number);
    std::erase(plain, '-');
    for (std::size_t a = 0; a < plain.size(); ++a)
      for (std::size_t b = a + 1; b < plain.size(); ++b) {
        std::string exchanged = plain;
        std::swap(exchanged[a], exchanged[b]);
        ASSERT_TRUE(exchanged == plain || !fits(exchanged)) << plain << " as " << exchanged;
      }
    for (std::size_t a = 0; a + 1 < plain.size(); ++a)
      for (const char other : reference_letters) {
        std::string twin = plain;
        if (plain[a] != plain[a + 1] || other == plain[a]) continue;
        twin[a] = twin[a + 1] = other;
        ASSERT_FALSE(fits(twin)) << plain << " as " << twin;
      }
  }
}

TEST(Reference, IsReadHoweverItIsTyped) {
  const std::string text = reference_text(4711);
  ASSERT_EQ(text.size(), 11u);
  std::string plain = text, low = text;
  std::erase(plain, '-');
  for (char& c : low) c = static_cast<char>(std::tolower(c));
  for (const std::string& typed : {text, plain, low, " " + low + " ", plain.substr(0, 3) + " " + plain.substr(3)}) {
    EXPECT_EQ(read_reference(typed).kind, Kind::reference) << typed;
    EXPECT_EQ(read_reference(typed).text, text) << typed;
  }
  EXPECT_FALSE(is_reference(plain));
  std::string misheard = text;
  misheard[0] = misheard[0] == 'K' ? 'M' : 'K';
  misheard[1] = misheard[1] == '7' ? '4' : '7';  // digits and letters mixed, whatever the number
  EXPECT_NE(read_reference(misheard).kind, Kind::reference);
  for (const char* other :
       {"", "Katharina", "020 7946 0018", "Ada Miller", "CH-1234567", "k@m", "2346789KMRWXY2346789"})
    EXPECT_EQ(read_reference(other).kind, Kind::something_else) << other;
}

TEST(Reference, EveryNumberHasItsOwnAndNeighboursLookUnlike) {
  std::set<std::string> seen;
  for (std::uint64_t number = 0; number < 60'000; ++number) EXPECT_TRUE(seen.insert(reference_text(number)).second);
  const std::string a = reference_text(1'000), b = reference_text(1'001);
  std::size_t same = 0;
  for (std::size_t i = 0; i < a.size(); ++i) same += a[i] == b[i] && a[i] != '-';
  EXPECT_LT(same, 5u) << a << " " << b;
  EXPECT_EQ(reference_text(short_reference_count).size(), 12u);
}

TEST(ReferenceStock, GivesEachPieceOnceAndForgetsThoseOfAnotherOutbox) {
  const Id first = Id::from("aaaaaaaaaaaaaaaa"), second = Id::from("bbbbbbbbbbbbbbbb");
  ReferenceStock stock;
  stock.belong_to(first);
  EXPECT_TRUE(stock.is_low());
  stock.add({1, ReferenceStock::block_size});
  stock.add({1, ReferenceStock::block_size});  // told twice
  EXPECT_EQ(stock.left(), ReferenceStock::block_size);
  std::set<std::uint64_t> given;
  for (std::uint64_t bits = 3; const auto piece = stock.take(bits); bits = bits * 7 + 1)
    for (std::uint64_t i = 0; i < piece->count; ++i) EXPECT_TRUE(given.insert(piece->first + i).second);
  EXPECT_EQ(given.size(), ReferenceStock::block_size);
  EXPECT_EQ(*given.begin(), 1u);
  EXPECT_EQ(*given.rbegin(), ReferenceStock::block_size);
  stock.add({5'001, ReferenceStock::block_size});
  stock.belong_to(second);
  EXPECT_EQ(stock.left(), 0u);
  EXPECT_FALSE(stock.take(0));
}

TEST(Reference, WhatWasMisheardIsAmongTheGuesses) {
  for (const std::uint64_t number : some_numbers()) {
    const std::string text = reference_text(number);
    const auto guessed = [&](const std::string& typed) {
      const bool telephone = typed.find_first_of("KMRWXYZBNSJ") == std::string::npos;
      if (telephone || typed.find_first_of("2346789") == std::string::npos) return true;  // or somebody's name
      const auto guesses = reference_guesses(typed);
      return std::ranges::find(guesses, text) != guesses.end();
    };
    for (const auto& [meant, heard] : {std::pair{'2', 'Z'}, {'8', 'B'}, {'M', 'N'}, {'X', 'S'}, {'K', 'J'}, {'9', '5'}})
      if (const auto at = text.find(meant); at != std::string::npos) {
        std::string misheard = text;
        misheard[at] = heard;
        EXPECT_TRUE(guessed(misheard)) << text << " as " << misheard;
      }
    std::string swapped = text;
    std::swap(swapped[0], swapped[1]);
    EXPECT_TRUE(swapped == text || guessed(swapped)) << text << " as " << swapped;
  }
  EXPECT_TRUE(reference_guesses(reference_text(7)).empty());
  for (const char* other : {"", "Lovelace", "02079460018", "martinez", "A-1007"})
    EXPECT_TRUE(reference_guesses(other).empty()) << other;
}

}  // namespace
}  // namespace holdline::sync
