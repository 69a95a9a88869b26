// Pieces of work that processes share, and what is known of one that ended its process.
#include "tests/support/shared_work.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <csignal>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace holdline::support {
namespace {

using Told = std::map<std::uint64_t, std::string>;

struct Came {
  Told told;
  std::optional<std::pair<std::uint64_t, std::string>> died;
};

Came share(unsigned workers, const std::function<std::optional<std::string>(std::uint64_t)>& work,
           std::size_t enough = 1'000'000) {
  Came came;
  share_work(workers, {work,
                       [&](std::uint64_t n, std::string_view line) {
                         EXPECT_TRUE(came.told.emplace(n, line).second) << n;
                         return came.told.size() < enough;
                       },
                       [&](std::uint64_t n, const std::string& how) { came.died.emplace(n, how); }});
  return came;
}

std::optional<std::string> square(std::uint64_t n) {
  if (n >= 10) return std::nullopt;
  return std::to_string(n * n);
}

TEST(SharedWork, EveryPieceIsDoneOnceWhateverTheNumberOfWorkers) {
  const Told squares = share(1, square).told;
  EXPECT_EQ(squares.size(), 10u);
  EXPECT_EQ(squares.at(9), "81");
  for (const unsigned workers : {2u, 3u, 16u}) {
    const Came came = share(workers, square);
    EXPECT_EQ(came.told, squares) << workers;
    EXPECT_FALSE(came.died);
  }
}

TEST(SharedWork, ALineMayBeLongAndAnEmptyOneIsAResult) {
  const std::string much(1'000'000, 'x');
  const Came came = share(2, [&](std::uint64_t n) -> std::optional<std::string> {
    if (n >= 4) return std::nullopt;
    return n % 2 == 0 ? much : "";
  });
  EXPECT_EQ(came.told, (Told{{0, much}, {1, ""}, {2, much}, {3, ""}}));
}

TEST(SharedWork, APieceThatEndsItsProcessIsKnown) {
  const Came came = share(1, [](std::uint64_t n) -> std::optional<std::string> {
    if (n == 3) ::kill(::getpid(), SIGKILL);
    return std::to_string(n);
  });
  EXPECT_EQ(came.told, (Told{{0, "0"}, {1, "1"}, {2, "2"}}));
  EXPECT_EQ(came.died, std::pair(std::uint64_t{3}, std::string("signal 9")));
}

TEST(SharedWork, EndsTheOthersWhenOneDied) {
  const Came came = share(2, [](std::uint64_t n) -> std::optional<std::string> {
    if (n == 0) ::_exit(7);
    return "";  // for ever
  });
  EXPECT_EQ(came.died, std::pair(std::uint64_t{0}, std::string("exit code 7")));
}

TEST(SharedWork, EndsWhenNoMoreIsWanted) {
  const Came came = share(
      2, [](std::uint64_t) -> std::optional<std::string> { return ""; }, 5);
  EXPECT_EQ(came.told.size(), 5u);
}

TEST(SharedWork, NothingOfAWorkerIsSeenByAnother) {
  int done = 0;
  const Came came = share(2, [&](std::uint64_t n) -> std::optional<std::string> {
    if (n >= 6) return std::nullopt;
    return std::to_string(++done);
  });
  EXPECT_EQ(came.told, (Told{{0, "1"}, {1, "1"}, {2, "2"}, {3, "2"}, {4, "3"}, {5, "3"}}));
  EXPECT_EQ(done, 0);
}

}  // namespace
}  // namespace holdline::support
