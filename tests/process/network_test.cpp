// What the network does to a centre: answers that get lost, cut lines, silence.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/process/centre.hpp"
#include "tests/process/fault_proxy.hpp"

namespace holdline::process {
namespace {

// A hub that its workstations reach through a proxy.
struct CentreBehindProxy {
  FaultProxy proxy;
  Centre centre{proxy.port()};
  CentreBehindProxy() { proxy.forward_to(centre.hub().port()); }
};

// Text that hardly gets smaller by compression, so that a push of it can be told from other requests by its size.
std::string noise(unsigned seed) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-+.,:;!?()&%=#*";
  std::mt19937 draw{seed};
  std::string text;
  while (text.size() < 3'900) text += letters[draw() % letters.size()];
  return text;
}
constexpr std::size_t bytes_of_a_noisy_push = 2'800;

std::size_t count(const std::vector<std::string>& all, const std::string& one) {
  return static_cast<std::size_t>(std::ranges::count(all, one));
}

TEST(LostAnswers, OfPushesTakeEffectOnceAndTheOutboxSettles) {
  CentreBehindProxy there;
  Desk& desk = there.centre.add_desk("desk-1");
  std::vector<std::string> notes;

  for (unsigned round = 0; round < 5; ++round) {
    desk.wait_for("online");
    there.proxy.arm({Fault::Kind::swallow, bytes_of_a_noisy_push, 1});
    desk.add_entry(notes.emplace_back(noise(round)));
    desk.until("the answer lost", [&] { return there.proxy.struck() == 1; });
  }
  desk.wait_for("drained");

  desk.wait_for_equal_digests();
  for (const std::string& note : notes) EXPECT_EQ(count(desk.entry_notes(), note), 1U);
  EXPECT_EQ(desk.entry_notes().size(), notes.size());
  EXPECT_EQ(count(desk.action_states(), "held"), notes.size());
  EXPECT_EQ(there.centre.hub().digests(), desk.digests());
}

}  // namespace
}  // namespace holdline::process
